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
id! {
    /// Names one environment of one account, or one that all accounts have.
    EnvironmentId
}
id! {
    /// Names one binding: a publication bound anew gets another.
    BindingId
}
id! {
    /// Names one API in one environment, published there or not.
    ///
    /// It is made from the two ids by [`PublicationId::of`] and never stored,
    /// so it stays the same when the API is published again.
    PublicationId
}
id! {
    /// Names one publishing of one API in one environment.
    ///
    /// Made from what it names by [`ApiVersionId::of`], never stored.
    ApiVersionId
}
id! {
    /// Names an account as projects are named.
    ProjectId
}
id! {
    /// Names one user.
    UserId
}
id! {
    /// Names one verifier.
    VerifierId
}

/// An odd number, so that multiplying by it loses nothing: ids made from
/// others do not look like them.
const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
const OTHER_SPREAD: u128 = 0xd1b5_4a32_d192_ed03_aef1_7502_108e_f2d9;

impl PublicationId {
    /// The id of an API in an environment.
    pub const fn of(api: ApiId, environment: EnvironmentId) -> Self {
        Self((api.0 ^ environment.0).wrapping_mul(SPREAD))
    }

    /// The API, if the id is of one in this environment. Any id gives some
    /// API's id; whether there is such an API is for the caller to look up.
    pub const fn api_in(self, environment: EnvironmentId) -> ApiId {
        ApiId(self.0.wrapping_mul(inverse(SPREAD)) ^ environment.0)
    }
}

impl ApiVersionId {
    /// The id of what the change `published` made live.
    pub const fn of(publication: PublicationId, published: Revision) -> Self {
        Self((publication.0 ^ published.0 as u128).wrapping_mul(OTHER_SPREAD))
    }
}

impl BindingId {
    /// The id that is `places` after this one: one random id serves for all
    /// bindings of one change.
    #[must_use]
    pub const fn after(self, places: u64) -> Self {
        Self(self.0.wrapping_add(places as u128))
    }
}

/// The inverse of an odd number modulo 2^128, by Newton's method: each round
/// doubles the number of bits that are right, and the first three are.
const fn inverse(odd: u128) -> u128 {
    let mut found = odd;
    let mut round = 0;
    while round < 6 {
        found = found.wrapping_mul(2u128.wrapping_sub(odd.wrapping_mul(found)));
        round += 1;
    }
    found
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
    fn publication_ids_lead_back_to_the_api() {
        assert_eq!(inverse(SPREAD).wrapping_mul(SPREAD), 1);
        let api = ApiId::parse("0d05f1c54d6749eda95f9fa6d491449a").unwrap();
        let [here, there] = [1, 2].map(|byte| EnvironmentId::from_random([byte; 16]));
        let id = PublicationId::of(api, here);
        assert_eq!(id.api_in(here), api);
        assert_ne!(id.api_in(there), api);
        assert_ne!(id, PublicationId::of(api, there));
        let version = |number| ApiVersionId::of(id, Revision::new(number));
        assert_ne!(version(1), version(2));
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
