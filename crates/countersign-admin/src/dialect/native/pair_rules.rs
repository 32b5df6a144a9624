//! What sign keys and sign secrets may be in each scheme, and new ones. The rules
//! are those of the dialect that the scheme is from, so that a pair made here
//! can be made there too.

use countersign_core::{FieldRule, Scheme};
use countersign_sign::Secret;

use crate::dialect::{alibaba::rules, huawei};

/// The rules of one scheme.
pub(super) struct PairRules {
    pub(super) sign_key: FieldRule,
    pub(super) sign_secret: FieldRule,
}

pub(super) fn of(scheme: Scheme) -> PairRules {
    if scheme == Scheme::Alibaba {
        return PairRules {
            sign_key: rules::SIGNATURE_KEY,
            sign_secret: rules::SIGNATURE_SECRET,
        };
    }
    let rules = huawei::rules_of(scheme);
    PairRules {
        sign_key: rules.sign_key,
        sign_secret: rules.sign_secret,
    }
}

/// A new pair; `random` draws from a secure random source.
pub(super) fn generate(scheme: Scheme, random: &dyn Fn() -> [u8; 16]) -> (String, Secret) {
    match scheme {
        Scheme::Alibaba => (sign_key(random), sign_secret(random)),
        _ => huawei::generate_for(scheme, random),
    }
}

/// Capitals and digits that nobody confuses: five bits each.
const KEY_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Six bits each, all within the rule.
const SECRET_LETTERS: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@";

/// 20 characters, the longest there may be: a fixed first letter and 95 bits.
/// It is public; it only has to be one of its kind.
fn sign_key(random: &dyn Fn() -> [u8; 16]) -> String {
    let mut text = String::from("K");
    text.extend(letters(random, KEY_LETTERS).take(19));
    text
}

/// 30 characters, the longest there may be: a fixed first letter and 174 bits.
fn sign_secret(random: &dyn Fn() -> [u8; 16]) -> Secret {
    // Room enough, so that the text never moves and leaves no copy behind.
    let mut text = String::with_capacity(30);
    text.push('S');
    text.extend(letters(random, SECRET_LETTERS).take(29));
    Secret::new(text)
}

/// Letters drawn alike: the alphabet's size divides 256.
fn letters<const N: usize>(
    random: &dyn Fn() -> [u8; 16],
    letters: &'static [u8; N],
) -> impl Iterator<Item = char> {
    const { assert!(256 % N == 0) };
    std::iter::repeat_with(|| random().into_iter())
        .flatten()
        .map(|byte| char::from(letters[usize::from(byte) % N]))
}
