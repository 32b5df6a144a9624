//! The tables of parameters inside an API's definition. They came with the
//! mapping modes; a definition without them passes requests through.

use std::sync::Arc;

use countersign_core::mapping::{
    ContentType, Location, ParameterLimits, ParameterMapping, ParameterType, RequestParameter,
    ServiceParameter, SystemParameter, ValueSource,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct MappingPart {
    passes_unknown: bool,
    request: Vec<RequestPart>,
    service: Vec<ServicePart>,
    body_is_form: bool,
    #[serde(default, skip_serializing_if = "ContentTypePart::is_default")]
    content_type: ContentTypePart,
}

#[derive(Serialize, Deserialize)]
struct RequestPart {
    name: String,
    location: LocationWord,
    kind: TypeWord,
    required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_length: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_length: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct ServicePart {
    name: String,
    location: LocationWord,
    source: SourcePart,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SourcePart {
    /// The place in the request table, from 0.
    Request(usize),
    Constant(String),
    System(SystemWord),
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum ContentTypePart {
    #[default]
    Default,
    Custom(String),
    Client,
}

/// Names of the same variants, in both directions.
macro_rules! words {
    ($word:ident for $ours:ident: $($variant:ident),*) => {
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum $word {
            $($variant),*
        }

        impl From<$ours> for $word {
            fn from(ours: $ours) -> Self {
                match ours {
                    $($ours::$variant => Self::$variant),*
                }
            }
        }

        impl From<$word> for $ours {
            fn from(word: $word) -> Self {
                match word {
                    $($word::$variant => Self::$variant),*
                }
            }
        }
    };
}

words!(LocationWord for Location: Path, Query, Header, Body);
words!(TypeWord for ParameterType: String, Int, Long, Float, Double, Boolean);
words!(SystemWord for SystemParameter: ClientIp, Domain, HandleTime, AppId, RequestId, Scheme);

impl ContentTypePart {
    fn is_default(&self) -> bool {
        matches!(self, Self::Default)
    }
}

impl From<&ParameterMapping> for MappingPart {
    fn from(mapping: &ParameterMapping) -> Self {
        Self {
            passes_unknown: mapping.passes_unknown,
            request: mapping.request.iter().map(RequestPart::from).collect(),
            service: mapping.service.iter().map(ServicePart::from).collect(),
            body_is_form: mapping.body_is_form,
            content_type: match &mapping.content_type {
                ContentType::Default => ContentTypePart::Default,
                ContentType::Custom(text) => ContentTypePart::Custom(text.to_string()),
                ContentType::Client => ContentTypePart::Client,
            },
        }
    }
}

impl From<MappingPart> for ParameterMapping {
    fn from(part: MappingPart) -> Self {
        Self {
            passes_unknown: part.passes_unknown,
            request: part
                .request
                .into_iter()
                .map(RequestParameter::from)
                .collect(),
            service: part
                .service
                .into_iter()
                .map(ServiceParameter::from)
                .collect(),
            body_is_form: part.body_is_form,
            content_type: match part.content_type {
                ContentTypePart::Default => ContentType::Default,
                ContentTypePart::Custom(text) => ContentType::Custom(text.into()),
                ContentTypePart::Client => ContentType::Client,
            },
        }
    }
}

impl From<&RequestParameter> for RequestPart {
    fn from(parameter: &RequestParameter) -> Self {
        let limits = &parameter.limits;
        Self {
            name: parameter.name.to_string(),
            location: parameter.location.into(),
            kind: parameter.kind.into(),
            required: parameter.required,
            default: parameter.default.as_deref().map(str::to_owned),
            min: limits.min,
            max: limits.max,
            min_length: limits.min_length,
            max_length: limits.max_length,
            allowed: limits.allowed.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<RequestPart> for RequestParameter {
    fn from(part: RequestPart) -> Self {
        Self {
            name: part.name.into(),
            location: part.location.into(),
            kind: part.kind.into(),
            required: part.required,
            default: part.default.map(Arc::from),
            limits: ParameterLimits {
                min: part.min,
                max: part.max,
                min_length: part.min_length,
                max_length: part.max_length,
                allowed: part.allowed.into_iter().map(Arc::from).collect(),
            },
        }
    }
}

impl From<&ServiceParameter> for ServicePart {
    fn from(parameter: &ServiceParameter) -> Self {
        Self {
            name: parameter.name.to_string(),
            location: parameter.location.into(),
            source: match &parameter.source {
                ValueSource::Request(index) => SourcePart::Request(*index),
                ValueSource::Constant(text) => SourcePart::Constant(text.to_string()),
                ValueSource::System(system) => SourcePart::System((*system).into()),
            },
        }
    }
}

impl From<ServicePart> for ServiceParameter {
    fn from(part: ServicePart) -> Self {
        Self {
            name: part.name.into(),
            location: part.location.into(),
            source: match part.source {
                SourcePart::Request(index) => ValueSource::Request(index),
                SourcePart::Constant(text) => ValueSource::Constant(text.into()),
                SourcePart::System(system) => ValueSource::System(system.into()),
            },
        }
    }
}
