//! What an explanation says.

use super::cause::{Cause, Code};
use super::scheme::Carried;
use crate::signed_text::SignedText;
use crate::verifier::Scheme;

/// Why a request verifies or not.
///
/// The texts repeat what the request carries, parameters included: they are for
/// whoever may see the request. No secret is among them; for HTTP Basic, whose
/// credentials are the secret, neither is the signature.
#[derive(Debug)]
pub struct Explanation {
    /// The scheme of the request's signature; none if it has none.
    pub scheme: Option<Scheme>,
    /// `ok`, or the contract's name of the refusal.
    pub verdict: &'static str,
    /// The verdict in words.
    pub detail: String,
    /// What came out.
    pub outcome: Outcome,
    /// Why it does not verify; empty if it does or if that can not be told.
    pub causes: Vec<Cause>,
    /// The key that the signature fits, in words.
    pub key: Option<String>,
    /// What the request carries.
    pub carried: Carried,
    /// What is signed, computed here; none for HTTP Basic.
    pub computed: Option<Computed>,
    /// What was signed instead, where the causes tell.
    pub signed: Option<SignedText>,
    /// The causes that were tried where none was found.
    pub tried: Vec<Code>,
    /// How many signatures were computed.
    pub signatures: usize,
    /// What else matters.
    pub notes: Vec<String>,
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The request verifies.
    Verifies,
    /// It does not, and the causes say why.
    Differs,
    /// It does not, and none of the known causes is it.
    CannotTell,
}

impl Outcome {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verifies => "verifies",
            Self::Differs => "differs",
            Self::CannotTell => "cannot_tell",
        }
    }
}

/// The text that the contract has signed, piece by piece.
#[derive(Debug)]
pub struct Computed {
    /// The pieces in their order, joined: the string to sign, the canonical request
    /// for Huawei's scheme, or the signature base of RFC 9421.
    pub pieces: Vec<Piece>,
    /// Huawei's string to sign, with the digest of the canonical request.
    pub string_to_sign: Option<SignedText>,
    /// The digest of the body.
    pub digest: Option<String>,
}

/// One piece of a text that is signed.
#[derive(Debug)]
pub struct Piece {
    /// What it is: `method`, `path`, a component...
    pub label: String,
    /// The text, line ends included.
    pub text: SignedText,
}
