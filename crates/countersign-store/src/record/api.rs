//! `api/<id>`, `publication/<api>/<environment>` and
//! `former-publication/<api>/<environment>/<revision>`.

use std::sync::Arc;

use countersign_core::{
    AccountId, Api, ApiDefinition, ApiId, ApiName, BackendAddress, BackendTarget, Description,
    DialectName, GroupId, MatchMode, MethodMatch, MockAnswer, PathPattern, PayloadPolicy,
    Publication, PublicationKey, Revision, Visibility, path::ParameterStyle,
};
use serde::{Deserialize, Serialize};

use super::{NotAValue, RecordError, field, from_json, mapping::MappingPart, moment, to_json};

#[derive(Serialize, Deserialize)]
struct ApiRecord {
    group: String,
    account: String,
    name: String,
    description: String,
    visibility: VisibilityWord,
    definition: DefinitionPart,
    made_by: String,
    created_ms: i64,
    modified_ms: i64,
    created_revision: u64,
}

#[derive(Serialize, Deserialize)]
struct PublicationRecord {
    group: String,
    definition: DefinitionPart,
    description: String,
    published_ms: i64,
    published_revision: u64,
}

#[derive(Serialize, Deserialize)]
struct DefinitionPart {
    /// A method, or `ANY`.
    method: String,
    /// Parameters in braces.
    path: String,
    match_mode: MatchModeWord,
    backend: BackendPart,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mapping: Option<MappingPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mock: Option<MockPart>,
    #[serde(default, skip_serializing_if = "PayloadWord::is_default")]
    payload: PayloadWord,
    /// In the words of the dialect that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct MockPart {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

#[derive(Serialize, Deserialize)]
struct BackendPart {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    timeout_ms: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum VisibilityWord {
    Public,
    Private,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MatchModeWord {
    Exact,
    Prefix,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum PayloadWord {
    #[default]
    Text,
    Covered,
    Unsigned,
}

impl PayloadWord {
    fn is_default(&self) -> bool {
        matches!(self, Self::Text)
    }
}

pub(super) fn encode(api: &Api) -> Vec<u8> {
    to_json(&ApiRecord {
        group: api.group.to_string(),
        account: api.account.to_string(),
        name: api.name.to_string(),
        description: api.description.to_string(),
        visibility: match api.visibility {
            Visibility::Public => VisibilityWord::Public,
            Visibility::Private => VisibilityWord::Private,
        },
        definition: definition_part(&api.definition),
        made_by: api.made_by.to_string(),
        created_ms: api.created.millis(),
        modified_ms: api.modified.millis(),
        created_revision: api.created_revision.number(),
    })
}

pub(super) fn decode(id: ApiId, value: &[u8]) -> Result<Api, RecordError> {
    let wire: ApiRecord = from_json(value)?;
    Ok(Api {
        id,
        group: field("group", GroupId::parse(&wire.group))?,
        account: field("account", AccountId::parse(&wire.account))?,
        name: ApiName::from_stored(&wire.name),
        description: Description::from_stored(&wire.description),
        visibility: match wire.visibility {
            VisibilityWord::Public => Visibility::Public,
            VisibilityWord::Private => Visibility::Private,
        },
        definition: Arc::new(definition(wire.definition)?),
        made_by: DialectName::from_stored(&wire.made_by),
        created: moment(wire.created_ms),
        modified: moment(wire.modified_ms),
        created_revision: Revision::new(wire.created_revision),
    })
}

pub(super) fn encode_publication(publication: &Publication) -> Vec<u8> {
    to_json(&PublicationRecord {
        group: publication.group.to_string(),
        definition: definition_part(&publication.definition),
        description: publication.description.to_string(),
        published_ms: publication.published.millis(),
        published_revision: publication.published_revision.number(),
    })
}

pub(super) fn decode_publication(
    key: PublicationKey,
    value: &[u8],
) -> Result<Publication, RecordError> {
    let wire: PublicationRecord = from_json(value)?;
    Ok(Publication {
        key,
        group: field("group", GroupId::parse(&wire.group))?,
        definition: Arc::new(definition(wire.definition)?),
        description: Description::from_stored(&wire.description),
        published: moment(wire.published_ms),
        published_revision: Revision::new(wire.published_revision),
    })
}

/// The revision stands in the key too, where deleting finds it.
pub(super) fn decode_former(
    key: PublicationKey,
    revision: Revision,
    value: &[u8],
) -> Result<Publication, RecordError> {
    let publication = decode_publication(key, value)?;
    let agrees = publication.published_revision == revision;
    field(
        "published_revision",
        agrees.then_some(publication).ok_or(NotAValue),
    )
}

fn definition_part(definition: &ApiDefinition) -> DefinitionPart {
    let backend = &definition.backend;
    DefinitionPart {
        method: definition.method.as_str().to_owned(),
        path: definition.path.to_string(),
        match_mode: match definition.match_mode {
            MatchMode::Exact => MatchModeWord::Exact,
            MatchMode::Prefix => MatchModeWord::Prefix,
        },
        backend: BackendPart {
            address: backend.address.to_string(),
            path: backend.path.as_ref().map(PathPattern::to_string),
            method: backend.method.as_deref().map(str::to_owned),
            timeout_ms: backend.timeout_ms,
        },
        mapping: definition.mapping.as_deref().map(MappingPart::from),
        mock: definition.mock.as_deref().map(mock_part),
        payload: match definition.payload {
            PayloadPolicy::Text => PayloadWord::Text,
            PayloadPolicy::Covered => PayloadWord::Covered,
            PayloadPolicy::Unsigned => PayloadWord::Unsigned,
        },
        document: definition.document.as_deref().map(str::to_owned),
    }
}

fn mock_part(mock: &MockAnswer) -> MockPart {
    let headers = mock
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()));
    MockPart {
        status: mock.status,
        headers: headers.collect(),
        body: mock.body.to_string(),
    }
}

fn mock(part: MockPart) -> MockAnswer {
    let headers = part
        .headers
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()));
    MockAnswer {
        status: part.status,
        headers: headers.collect(),
        body: part.body.into(),
    }
}

fn definition(wire: DefinitionPart) -> Result<ApiDefinition, RecordError> {
    let path = |text: &str| PathPattern::parse(text, ParameterStyle::BRACES);
    let backend = &wire.backend;
    let front = field("definition.path", path(&wire.path))?;
    // Most often the backend's path is the same, and then shares its memory.
    let backend_path = match backend.path.as_deref() {
        Some(text) if text == wire.path => Some(front.clone()),
        other => field("definition.backend.path", other.map(path).transpose())?,
    };
    Ok(ApiDefinition {
        method: field("definition.method", MethodMatch::parse(&wire.method))?,
        path: front,
        match_mode: match wire.match_mode {
            MatchModeWord::Exact => MatchMode::Exact,
            MatchModeWord::Prefix => MatchMode::Prefix,
        },
        backend: BackendTarget {
            address: field(
                "definition.backend.address",
                BackendAddress::parse(&backend.address),
            )?,
            path: backend_path,
            method: backend.method.as_deref().map(Arc::from),
            timeout_ms: backend.timeout_ms,
        },
        mapping: wire.mapping.map(|part| Arc::new(part.into())),
        mock: wire.mock.map(|part| Arc::new(mock(part))),
        payload: match wire.payload {
            PayloadWord::Text => PayloadPolicy::Text,
            PayloadWord::Covered => PayloadPolicy::Covered,
            PayloadWord::Unsigned => PayloadPolicy::Unsigned,
        },
        document: wire.document.map(Arc::from),
    })
}
