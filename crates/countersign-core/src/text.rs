//! Texts that passed some dialect's rule. Reading them back never validates
//! again: a secret made through one dialect still lists through another that
//! could not have made it.

use std::{fmt, sync::Arc};

use countersign_sign::Secret;

use crate::rule::{FieldRule, RuleViolation};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks `text` against a dialect's rule.
            pub fn parse(text: &str, rule: &FieldRule) -> Result<Self, RuleViolation> {
                rule.check(text)?;
                Ok(Self(text.into()))
            }

            /// From a stored record, which passed its rule when it was made.
            pub fn from_stored(text: &str) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// What people call a signature key.
    SignatureKeyName
}
text! {
    /// The public half of a version of a signature key, sent on the wire.
    SignKey
}
text! {
    /// What people call a group.
    GroupName
}
text! {
    /// What people call an API.
    ApiName
}
text! {
    /// What a user signs in as.
    UserName
}
text! {
    /// What people call a verifier.
    VerifierName
}
text! {
    /// Free text beside a record.
    Description
}
text! {
    /// Which dialect a record was made through, such as `alibaba`.
    DialectName
}

/// The secret half of a version of a signature key. It never leaves the
/// gateway, except to somebody who may read it. `Debug` prints fixed text; a
/// clone shares the one copy, which is wiped when the last is dropped.
#[derive(Clone, Debug)]
pub struct SignSecret(Secret);

impl SignSecret {
    /// Checks `secret` against a dialect's rule. The error never repeats it.
    pub fn parse(secret: Secret, rule: &FieldRule) -> Result<Self, RuleViolation> {
        rule.check(secret.expose())?;
        Ok(Self(secret))
    }

    /// From a stored record, which passed its rule when it was made.
    pub fn from_stored(secret: Secret) -> Self {
        Self(secret)
    }

    /// The secret itself, for signing, sealing, or somebody who may read it.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}
