//! The keys of records.

use std::{error::Error, fmt};

use countersign_core::{
    AccessKeyId, AccountId, ApiId, Change, Environment, EnvironmentName, GroupId, PublicationKey,
    Revision, SignatureKeyId, TokenHash, UserId, VerifierId, VersionNumber,
};

use super::{NotAValue, RecordError};

/// What a record is about.
pub(super) enum RecordKey {
    AccessKey(AccessKeyId),
    Account(AccountId),
    User(UserId),
    Token(TokenHash),
    Verifier(VerifierId),
    InitialEnvironment(Environment),
    OwnEnvironment(AccountId, EnvironmentName),
    Group(GroupId),
    Api(ApiId),
    Publication(PublicationKey),
    FormerPublication(PublicationKey, Revision),
    SignatureKey(SignatureKeyId),
    RetiredVersion(SignatureKeyId, VersionNumber),
    Binding(PublicationKey),
}

/// Digits of a number in a key: those of the largest, so that keys sort as
/// numbers do.
const NUMBER_DIGITS: usize = 20;

/// Those of a token's hash, in hexadecimal.
const HASH_DIGITS: usize = 64;

impl RecordKey {
    /// What a change is about.
    pub(super) fn of(change: &Change) -> Self {
        match change {
            Change::PutAccessKey(key) => Self::AccessKey(key.id.clone()),
            Change::RemoveAccessKey(id) => Self::AccessKey(id.clone()),
            Change::PutAccount(account) => Self::Account(account.id.clone()),
            Change::PutUser(user) => Self::User(user.id),
            Change::RemoveUser(id) => Self::User(*id),
            Change::PutToken(token) => Self::Token(token.hash),
            Change::RemoveToken(hash) => Self::Token(*hash),
            Change::PutVerifier(verifier) => Self::Verifier(verifier.id),
            Change::RemoveVerifier(id) => Self::Verifier(*id),
            Change::PutEnvironment(environment) => match &environment.account {
                None => Self::InitialEnvironment(environment.clone()),
                Some(account) => Self::OwnEnvironment(account.clone(), environment.name.clone()),
            },
            Change::RemoveEnvironment(account, name) => {
                Self::OwnEnvironment(account.clone(), name.clone())
            }
            Change::PutGroup(group) => Self::Group(group.id),
            Change::RemoveGroup(id) => Self::Group(*id),
            Change::PutApi(api) => Self::Api(api.id),
            Change::RemoveApi(id) => Self::Api(*id),
            Change::PutPublication(publication) => Self::Publication(publication.key.clone()),
            Change::RemovePublication(at) => Self::Publication(at.clone()),
            Change::PutFormerPublication(former) => {
                Self::FormerPublication(former.key.clone(), former.published_revision)
            }
            Change::RemoveFormerPublication(at, revision) => {
                Self::FormerPublication(at.clone(), *revision)
            }
            Change::PutSignatureKey(key) => Self::SignatureKey(key.id),
            Change::RemoveSignatureKey(id) => Self::SignatureKey(*id),
            Change::PutRetiredVersion(version) => {
                Self::RetiredVersion(version.signature_key, version.number)
            }
            Change::RemoveRetiredVersion(id, number) => Self::RetiredVersion(*id, *number),
            Change::PutBinding(binding) => Self::Binding(binding.publication.clone()),
            Change::RemoveBinding(at) => Self::Binding(at.clone()),
        }
    }

    /// Reads a key.
    pub(super) fn parse(text: &str) -> Result<Self, RecordError> {
        let (kind, rest) = text.split_once('/').ok_or(RecordError::UnknownKey)?;
        Ok(match kind {
            "access-key" => Self::AccessKey(part(AccessKeyId::parse(rest))?),
            "account" => Self::Account(part(AccountId::parse(rest))?),
            "user" => Self::User(part(UserId::parse(rest))?),
            "verifier" => Self::Verifier(part(VerifierId::parse(rest))?),
            "token" => Self::Token(token_hash(rest)?),
            "environment" => match rest.split_once('/') {
                None => {
                    let name = part(EnvironmentName::parse(rest))?;
                    let initial = Environment::initial(&name);
                    Self::InitialEnvironment(part(initial.ok_or(NotAValue))?)
                }
                Some((account, name)) => Self::OwnEnvironment(
                    part(AccountId::parse(account))?,
                    part(EnvironmentName::parse(name))?,
                ),
            },
            "group" => Self::Group(part(GroupId::parse(rest))?),
            "api" => Self::Api(part(ApiId::parse(rest))?),
            "publication" => Self::Publication(publication_key(rest)?),
            "former-publication" => {
                let (at, revision) = rest.rsplit_once('/').ok_or(RecordError::UnknownKey)?;
                let number = part(number(revision).ok_or(NotAValue))?;
                Self::FormerPublication(publication_key(at)?, Revision::new(number))
            }
            "signature-key" => Self::SignatureKey(part(SignatureKeyId::parse(rest))?),
            "retired-version" => {
                let (id, number) = rest.split_once('/').ok_or(RecordError::UnknownKey)?;
                Self::RetiredVersion(part(SignatureKeyId::parse(id))?, version_number(number)?)
            }
            "binding" => Self::Binding(publication_key(rest)?),
            _ => return Err(RecordError::UnknownKey),
        })
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessKey(id) => write!(f, "access-key/{id}"),
            Self::Account(id) => write!(f, "account/{id}"),
            Self::User(id) => write!(f, "user/{id}"),
            Self::Verifier(id) => write!(f, "verifier/{id}"),
            Self::Token(hash) => write!(f, "token/{}", hex::encode(hash.0)),
            Self::InitialEnvironment(environment) => write!(f, "environment/{}", environment.name),
            Self::OwnEnvironment(account, name) => write!(f, "environment/{account}/{name}"),
            Self::Group(id) => write!(f, "group/{id}"),
            Self::Api(id) => write!(f, "api/{id}"),
            Self::Publication(at) => write!(f, "publication/{}/{}", at.api, at.environment),
            Self::FormerPublication(at, revision) => write!(
                f,
                "former-publication/{}/{}/{:0width$}",
                at.api,
                at.environment,
                revision.number(),
                width = NUMBER_DIGITS
            ),
            Self::SignatureKey(id) => write!(f, "signature-key/{id}"),
            Self::RetiredVersion(id, number) => {
                write!(
                    f,
                    "retired-version/{id}/{:0width$}",
                    number.number(),
                    width = NUMBER_DIGITS
                )
            }
            Self::Binding(at) => write!(f, "binding/{}/{}", at.api, at.environment),
        }
    }
}

fn publication_key(text: &str) -> Result<PublicationKey, RecordError> {
    let (api, environment) = text.split_once('/').ok_or(RecordError::UnknownKey)?;
    Ok(PublicationKey {
        api: part(ApiId::parse(api))?,
        environment: part(EnvironmentName::parse(environment))?,
    })
}

fn version_number(text: &str) -> Result<VersionNumber, RecordError> {
    let number = number(text).and_then(VersionNumber::new);
    part(number.ok_or(NotAValue))
}

fn number(text: &str) -> Option<u64> {
    let all_digits = text.len() == NUMBER_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}

fn token_hash(text: &str) -> Result<TokenHash, RecordError> {
    let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() != HASH_DIGITS || !text.bytes().all(lower_hex) {
        return part(Err(NotAValue));
    }
    let mut hash = [0; 32];
    part(hex::decode_to_slice(text, &mut hash))?;
    Ok(TokenHash(hash))
}

fn part<T, E: Error + Send + Sync + 'static>(parsed: Result<T, E>) -> Result<T, RecordError> {
    parsed.map_err(|cause| RecordError::Key(Box::new(cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0d05f1c54d6749eda95f9fa6d491449a";

    #[test]
    fn keys_print_as_they_parse() {
        for text in [
            "access-key/LTAI-1_2".to_owned(),
            "account/1000000000000001".to_owned(),
            format!("user/{ID}"),
            format!("verifier/{ID}"),
            format!("token/{ID}{ID}"),
            "environment/RELEASE".to_owned(),
            "environment/1000000000000001/prod".to_owned(),
            "environment/1000000000000001/RELEASE-2".to_owned(),
            format!("former-publication/{ID}/prod/00000000000000000007"),
            format!("group/{ID}"),
            format!("api/{ID}"),
            format!("publication/{ID}/PRE"),
            format!("signature-key/{ID}"),
            format!("retired-version/{ID}/00000000000000000001"),
            format!("retired-version/{ID}/18446744073709551615"),
            format!("binding/{ID}/RELEASE"),
        ] {
            assert_eq!(
                RecordKey::parse(&text).map(|key| key.to_string()).unwrap(),
                text
            );
        }
    }

    #[test]
    fn other_keys_are_refused() {
        for text in [
            "",
            "api",
            "apis/x",
            "meta/format",
            "meta/other",
            &format!("publication/{ID}"),
            &format!("retired-version/{ID}"),
            "former-publication/x",
            &format!("former-publication/{ID}/00000000000000000007"),
        ] {
            assert!(
                matches!(RecordKey::parse(text), Err(RecordError::UnknownKey)),
                "{text}"
            );
        }
        for text in [
            "api/1".to_owned(),
            "access-key/".to_owned(),
            "access-key/a/b".to_owned(),
            format!("api/{ID}/x"),
            "account/a b".to_owned(),
            "user/1".to_owned(),
            format!("token/{ID}"),
            format!("token/{ID}{}", ID.to_uppercase()),
            "environment/prod".to_owned(),
            "environment/a b/prod".to_owned(),
            "environment/1/prod/x".to_owned(),
            format!("former-publication/{ID}/prod/7"),
            format!("former-publication/{ID}/prod/x/00000000000000000007"),
            format!("binding/{ID}/a b"),
            format!("retired-version/{ID}/1"),
            format!("retired-version/{ID}/+0000000000000000001"),
            format!("retired-version/{ID}/00000000000000000000"),
            format!("retired-version/{ID}/18446744073709551616"),
        ] {
            assert!(
                matches!(RecordKey::parse(&text), Err(RecordError::Key(_))),
                "{text}"
            );
        }
    }
}
