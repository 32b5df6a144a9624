//! The vendor's types of signature keys, and ours (spec 2.2).

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_core::Scheme;
use countersign_sign::{Secret, rfc9421::generate_ed25519};
use zeroize::Zeroizing;

use super::super::{
    Version,
    errors::Fault,
    fields::Fields,
    rules::{AES_128, AES_256, BASIC, HMAC, PUBLIC_KEY, PairRules},
};

/// A type with its algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignType {
    Hmac,
    Basic,
    PublicKey,
    Aes128,
    Aes256,
}

/// Where the pair that was not given comes from.
type Random<'a> = &'a dyn Fn() -> [u8; 16];

/// What the pair of a key with one of this vendor's schemes may be; the native
/// API asks too.
pub(in crate::dialect) fn rules_of(scheme: Scheme) -> &'static PairRules {
    SignType::of(scheme).rules()
}

/// A new pair for one of this vendor's schemes.
pub(in crate::dialect) fn generate_for(scheme: Scheme, random: Random<'_>) -> (String, Secret) {
    SignType::of(scheme).generate(random)
}

impl SignType {
    /// What a body asks for. v1.0 knows no types: there every key is of hmac,
    /// and the two fields are passed over as unknown ones are.
    pub(super) fn read(version: Version, fields: &Fields<'_>) -> Result<Self, Fault> {
        if version == Version::V1 {
            return Ok(Self::Hmac);
        }
        let algorithm = fields.text("sign_algorithm")?;
        let of_aes = match fields.text("sign_type")? {
            None | Some("hmac") => Self::Hmac,
            Some("basic") => Self::Basic,
            Some("public_key") => Self::PublicKey,
            Some("aes") => match algorithm {
                None | Some("aes-128-cfb") => return Ok(Self::Aes128),
                Some("aes-256-cfb") => return Ok(Self::Aes256),
                Some(_) => return Err(fields.invalid("sign_algorithm")),
            },
            Some(_) => return Err(fields.invalid("sign_type")),
        };
        match algorithm {
            None => Ok(of_aes),
            Some(_) => {
                Err(fields.invalid_because("sign_algorithm", "Only sign_type aes has algorithms"))
            }
        }
    }

    /// The type that a key is shown with, whichever dialect made it.
    pub(super) fn of(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Huawei | Scheme::Alibaba | Scheme::Rfc9421Hmac => Self::Hmac,
            Scheme::Basic => Self::Basic,
            Scheme::Rfc9421KeyPair => Self::PublicKey,
            Scheme::Aes128Cfb => Self::Aes128,
            Scheme::Aes256Cfb => Self::Aes256,
        }
    }

    /// The scheme of a new key.
    pub(super) fn scheme(self) -> Scheme {
        match self {
            Self::Hmac => Scheme::Huawei,
            Self::Basic => Scheme::Basic,
            Self::PublicKey => Scheme::Rfc9421KeyPair,
            Self::Aes128 => Scheme::Aes128Cfb,
            Self::Aes256 => Scheme::Aes256Cfb,
        }
    }

    /// The scheme of a key that had another: one that signs with HMAC in
    /// another dialect's form goes on signing so.
    pub(super) fn scheme_after(self, former: Scheme) -> Scheme {
        match Self::of(former) == self {
            true => former,
            false => self.scheme(),
        }
    }

    /// `sign_type`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Hmac => "hmac",
            Self::Basic => "basic",
            Self::PublicKey => "public_key",
            Self::Aes128 | Self::Aes256 => "aes",
        }
    }

    /// `sign_algorithm`.
    pub(super) fn algorithm(self) -> Option<&'static str> {
        match self {
            Self::Aes128 => Some("aes-128-cfb"),
            Self::Aes256 => Some("aes-256-cfb"),
            Self::Hmac | Self::Basic | Self::PublicKey => None,
        }
    }

    /// What the pair may be.
    pub(super) fn rules(self) -> &'static PairRules {
        match self {
            Self::Hmac => &HMAC,
            Self::Basic => &BASIC,
            Self::PublicKey => &PUBLIC_KEY,
            Self::Aes128 => &AES_128,
            Self::Aes256 => &AES_256,
        }
    }

    /// A new pair that meets the rules: 32 lower-case hex digits, as the vendor
    /// makes them for hmac; for basic the key's first digit as a letter; for
    /// aes Base64 in the exact lengths; an Ed25519 key pair for public_key.
    pub(super) fn generate(self, random: Random<'_>) -> (String, Secret) {
        let hex = || Secret::new(hex(&Zeroizing::new(random())));
        match self {
            Self::Hmac => (self::hex(&random()), hex()),
            Self::Basic => {
                let bytes = random();
                let letter = char::from(b'a' + (bytes[0] >> 4));
                let key = format!("{letter}{}", &self::hex(&bytes)[1..]);
                (key, hex())
            }
            Self::PublicKey => generate_ed25519(wide(random)),
            Self::Aes128 => (base64(&random()[4..]), base64_secret(random)),
            Self::Aes256 => (base64(&wide(random)[8..]), base64_secret(random)),
        }
    }
}

fn wide(random: Random<'_>) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (first, second) = bytes.split_at_mut(16);
    first.copy_from_slice(&*Zeroizing::new(random()));
    second.copy_from_slice(&*Zeroizing::new(random()));
    bytes
}

fn hex(bytes: &[u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(*bytes))
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn base64_secret(random: Random<'_>) -> Secret {
    Secret::new(base64(&Zeroizing::new(random())[4..]))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use countersign_core::{KeyVersion, SignKey, SignSecret, Signing, Timestamp, VersionNumber};

    use super::*;

    const ALL: [SignType; 5] = [
        SignType::Hmac,
        SignType::Basic,
        SignType::PublicKey,
        SignType::Aes128,
        SignType::Aes256,
    ];

    #[test]
    fn generated_pairs_meet_the_rules() {
        for sign_type in ALL {
            for seed in 0..=255_u8 {
                let drawn = Cell::new(seed);
                let random = || [drawn.replace(drawn.get().wrapping_add(1)); 16];
                let (key, secret) = sign_type.generate(&random);
                let rules = sign_type.rules();
                assert_eq!(rules.sign_key.check(&key), Ok(()), "{sign_type:?} {key}");
                assert_eq!(rules.sign_secret.check(secret.expose()), Ok(()));
                assert_ne!(key, secret.expose());
                let version = KeyVersion::new(
                    VersionNumber::FIRST,
                    sign_type.scheme(),
                    SignKey::parse(&key, &rules.sign_key).unwrap(),
                    SignSecret::parse(secret, &rules.sign_secret).unwrap(),
                    Timestamp::from_millis(0),
                );
                let signs = !matches!(version.signing(), Signing::Unusable(_));
                assert_eq!(signs, sign_type.algorithm().is_none(), "{sign_type:?}");
            }
        }
    }

    #[test]
    fn a_type_shows_as_what_was_asked_for() {
        for sign_type in ALL {
            assert_eq!(SignType::of(sign_type.scheme()), sign_type);
        }
        for scheme in Scheme::ALL {
            assert_eq!(SignType::of(scheme).scheme_after(scheme), scheme);
            assert_eq!(
                SignType::Aes256.scheme_after(scheme),
                SignType::Aes256.scheme()
            );
        }
    }
}
