//! Ids that we give, and the revision.

use std::{fmt, num::NonZeroU64};

/// An id's text was not 32 lower-case hex digits. To a caller such an id is
/// simply one that names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 32 lower-case hex digits")]
pub struct MalformedId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// 128 random bits, written as 32 lower-case hex digits.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// From 16 bytes of a secure random source, chosen by the caller.
            pub const fn from_random(bytes: [u8; 16]) -> Self {
                Self(u128::from_be_bytes(bytes))
            }

            /// Reads 32 lower-case hex digits.
            pub fn parse(text: &str) -> Result<Self, MalformedId> {
                parse_hex(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:032x})"), self.0)
            }
        }
    };
}

id! {
    /// Names one group of APIs.
    GroupId
}
id! {
    /// Names one API.
    ApiId
}
id! {
    /// Names one signature key, through all of its versions.
    SignatureKeyId
}

fn parse_hex(text: &str) -> Result<u128, MalformedId> {
    let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() != 32 || !text.bytes().all(lower_hex) {
        return Err(MalformedId);
    }
    u128::from_str_radix(text, 16).map_err(|_| MalformedId)
}

/// The number of one committed change. It only grows; 0 is the empty store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Revision(u64);

impl Revision {
    /// The revision of a store that holds nothing.
    pub const ZERO: Self = Self(0);

    /// From its number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The revision of the change that follows.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which version of a signature key: 1 for the pair it was created with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionNumber(NonZeroU64);

impl VersionNumber {
    /// The version a signature key is created with.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// From its number; `None` for 0.
    pub fn new(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0.get()
    }

    /// The version that a change makes.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_prints_what_it_parses() {
        let text = "0d05f1c54d6749eda95f9fa6d491449a";
        assert_eq!(ApiId::parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn id_refuses_anything_but_32_lower_hex() {
        for text in [
            "",
            "123",
            "0D05F1C54D6749EDA95F9FA6D491449A",
            "+d05f1c54d6749eda95f9fa6d491449a",
            "0d05f1c54d6749eda95f9fa6d491449a0",
        ] {
            assert_eq!(GroupId::parse(text), Err(MalformedId), "{text}");
        }
    }
}
