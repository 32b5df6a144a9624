//! The keys of records.

use std::{error::Error, fmt};

use countersign_core::{
    AccessKeyId, ApiId, Change, EnvironmentName, GroupId, PublicationKey, SignatureKeyId,
    VersionNumber,
};

use super::{NotAValue, RecordError};

/// What a record is about.
pub(super) enum RecordKey {
    AccessKey(AccessKeyId),
    Environment(EnvironmentName),
    Group(GroupId),
    Api(ApiId),
    Publication(PublicationKey),
    SignatureKey(SignatureKeyId),
    RetiredVersion(SignatureKeyId, VersionNumber),
    Binding(PublicationKey),
}

/// Digits of a version number in a key: those of the largest, so that keys
/// sort as numbers do.
const VERSION_DIGITS: usize = 20;

impl RecordKey {
    /// What a change is about.
    pub(super) fn of(change: &Change) -> Self {
        match change {
            Change::PutAccessKey(key) => Self::AccessKey(key.id.clone()),
            Change::RemoveAccessKey(id) => Self::AccessKey(id.clone()),
            Change::PutEnvironment(environment) => Self::Environment(environment.name.clone()),
            Change::PutGroup(group) => Self::Group(group.id),
            Change::RemoveGroup(id) => Self::Group(*id),
            Change::PutApi(api) => Self::Api(api.id),
            Change::RemoveApi(id) => Self::Api(*id),
            Change::PutPublication(publication) => Self::Publication(publication.key.clone()),
            Change::RemovePublication(at) => Self::Publication(at.clone()),
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
            "environment" => Self::Environment(part(EnvironmentName::parse(rest))?),
            "group" => Self::Group(part(GroupId::parse(rest))?),
            "api" => Self::Api(part(ApiId::parse(rest))?),
            "publication" => Self::Publication(publication_key(rest)?),
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
            Self::Environment(name) => write!(f, "environment/{name}"),
            Self::Group(id) => write!(f, "group/{id}"),
            Self::Api(id) => write!(f, "api/{id}"),
            Self::Publication(at) => write!(f, "publication/{}/{}", at.api, at.environment),
            Self::SignatureKey(id) => write!(f, "signature-key/{id}"),
            Self::RetiredVersion(id, number) => {
                write!(
                    f,
                    "retired-version/{id}/{:0width$}",
                    number.number(),
                    width = VERSION_DIGITS
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
    let all_digits = text.len() == VERSION_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    let number = if all_digits {
        text.parse().ok().and_then(VersionNumber::new)
    } else {
        None
    };
    part(number.ok_or(NotAValue))
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
            "environment/RELEASE".to_owned(),
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
