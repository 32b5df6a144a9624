//! Parameter mapping: which of a client's parameters reach a backend, under
//! which names and in which places, and what the gateway adds.

use std::sync::Arc;

use crate::path::PathPattern;

/// Where a parameter stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A field of a form.
    Body,
}

/// What a parameter's text has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterType {
    /// Any text.
    String,
    /// A number of 32 bits.
    Int,
    /// A number of 64 bits.
    Long,
    /// A decimal number.
    Float,
    /// A decimal number.
    Double,
    /// `true` or `false`.
    Boolean,
}

/// A parameter that clients may send.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestParameter {
    /// Its name.
    pub name: Arc<str>,
    /// Where clients put it.
    pub location: Location,
    /// What its text has to be.
    pub kind: ParameterType,
    /// Whether a request without it is refused.
    pub required: bool,
    /// What stands for it when it is absent.
    pub default: Option<Arc<str>>,
    /// What else its text has to be.
    pub limits: ParameterLimits,
}

/// Limits of a parameter's value; `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterLimits {
    /// Smallest number.
    pub min: Option<f64>,
    /// Largest number.
    pub max: Option<f64>,
    /// Fewest characters.
    pub min_length: Option<u32>,
    /// Most characters.
    pub max_length: Option<u32>,
    /// The only values there are; empty means any.
    pub allowed: Arc<[Arc<str>]>,
}

/// A parameter that the backend gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceParameter {
    /// Its name there.
    pub name: Arc<str>,
    /// Where it is put.
    pub location: Location,
    /// Where its value comes from.
    pub source: ValueSource,
}

/// Where a backend's parameter comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueSource {
    /// The client's parameter at this place of the request table.
    Request(usize),
    /// Always the same text.
    Constant(Arc<str>),
    /// What the gateway knows of the request.
    System(SystemParameter),
}

/// What the gateway knows of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemParameter {
    /// The client's address.
    ClientIp,
    /// The host that was called.
    Domain,
    /// When the request came, in milliseconds since the epoch.
    HandleTime,
    /// The client's application; there is none while clients are not
    /// authenticated.
    AppId,
    /// The request's id.
    RequestId,
    /// `http` or `https`.
    Scheme,
}

/// How a request becomes what the backend gets.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterMapping {
    /// Whether parameters and headers that the request table does not name
    /// reach the backend as they are.
    pub passes_unknown: bool,
    /// What clients may send.
    pub request: Arc<[RequestParameter]>,
    /// What the backend gets.
    pub service: Arc<[ServiceParameter]>,
    /// Whether the body is a form, of fields that are parameters, rather than
    /// bytes that are passed on.
    pub body_is_form: bool,
    /// The media type of the body that the backend gets.
    pub content_type: ContentType,
}

/// The media type of the body that a backend gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ContentType {
    /// For a form that of a form, else the client's.
    #[default]
    Default,
    /// This one.
    Custom(Arc<str>),
    /// The client's.
    Client,
}

/// Why a mapping cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMapping {
    /// A parameter in the path that the path pattern does not have.
    #[error("the path has no parameter of the name {name:?}")]
    NotInPath {
        /// Its name.
        name: Arc<str>,
    },
    /// A parameter of the path that no table gives a value.
    #[error("no parameter gives the path's {name:?} its value")]
    PathWithoutValue {
        /// Its name.
        name: Arc<str>,
    },
    /// Two parameters of one place share a name.
    #[error("two parameters of one place have the name {name:?}")]
    Repeated {
        /// The name.
        name: Arc<str>,
    },
    /// A service parameter points outside the request table.
    #[error("the parameter {name:?} takes its value from no parameter of the request")]
    NoSource {
        /// Its name.
        name: Arc<str>,
    },
    /// A field of a form where the body is not a form.
    #[error("the parameter {name:?} is a field of a form, but the body is not a form")]
    NoForm {
        /// Its name.
        name: Arc<str>,
    },
}

impl ParameterMapping {
    /// Checks that the tables fit each other and both paths. `backend_path` is
    /// `None` where the backend is called at the client's own path.
    pub fn check(
        &self,
        path: &PathPattern,
        backend_path: Option<&PathPattern>,
    ) -> Result<(), BadMapping> {
        let request = || {
            self.request
                .iter()
                .map(|parameter| (parameter.location, &parameter.name))
        };
        let service = || {
            self.service
                .iter()
                .map(|parameter| (parameter.location, &parameter.name))
        };
        unique(request())?;
        unique(service())?;
        in_path(request(), path)?;
        let service_in_path = service().find(|(location, _)| *location == Location::Path);
        if let (None, Some((_, name))) = (backend_path, service_in_path) {
            return Err(BadMapping::NotInPath {
                name: Arc::clone(name),
            });
        }
        if let Some(backend_path) = backend_path {
            in_path(service(), backend_path)?;
            let filled = |name: &str| {
                service().any(|(location, own)| location == Location::Path && **own == *name)
            };
            for name in backend_path.parameters() {
                if !filled(name) {
                    return Err(BadMapping::PathWithoutValue { name: name.into() });
                }
            }
        }
        for parameter in self.service.iter() {
            if matches!(parameter.source, ValueSource::Request(index) if index >= self.request.len())
            {
                return Err(BadMapping::NoSource {
                    name: Arc::clone(&parameter.name),
                });
            }
        }
        let in_body = request()
            .chain(service())
            .find(|(location, _)| *location == Location::Body);
        match in_body {
            Some((_, name)) if !self.body_is_form => Err(BadMapping::NoForm {
                name: Arc::clone(name),
            }),
            _ => Ok(()),
        }
    }
}

fn unique<'a>(
    parameters: impl Iterator<Item = (Location, &'a Arc<str>)>,
) -> Result<(), BadMapping> {
    let mut seen = std::collections::BTreeSet::new();
    for (location, name) in parameters {
        // Header names are the same in any case (RFC 9110, 5.1).
        let folded = if location == Location::Header {
            name.to_ascii_lowercase()
        } else {
            name.to_string()
        };
        if !seen.insert((location, folded)) {
            return Err(BadMapping::Repeated {
                name: Arc::clone(name),
            });
        }
    }
    Ok(())
}

fn in_path<'a>(
    parameters: impl Iterator<Item = (Location, &'a Arc<str>)>,
    path: &PathPattern,
) -> Result<(), BadMapping> {
    for (location, name) in parameters {
        if location == Location::Path && path.position(name).is_none() {
            return Err(BadMapping::NotInPath {
                name: Arc::clone(name),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::ParameterStyle;

    fn request(name: &str, location: Location) -> RequestParameter {
        let kind = ParameterType::String;
        RequestParameter {
            name: name.into(),
            location,
            kind,
            required: false,
            default: None,
            limits: ParameterLimits::default(),
        }
    }

    fn service(name: &str, location: Location, source: ValueSource) -> ServiceParameter {
        ServiceParameter {
            name: name.into(),
            location,
            source,
        }
    }

    fn check(
        requests: Vec<RequestParameter>,
        services: Vec<ServiceParameter>,
    ) -> Result<(), BadMapping> {
        let path = |text| PathPattern::parse(text, ParameterStyle::BRACKETS).unwrap();
        let mapping = ParameterMapping {
            passes_unknown: false,
            request: requests.into(),
            service: services.into(),
            body_is_form: false,
            content_type: ContentType::Default,
        };
        mapping.check(&path("/a/[id]"), Some(&path("/b/[to]")))
    }

    #[test]
    fn tables_have_to_fit() {
        use Location::{Body, Header, Path, Query};
        let to = || service("to", Path, ValueSource::Request(0));
        let id = || request("id", Path);
        check(vec![id()], vec![to()]).unwrap();
        let name = |text: &str| -> Arc<str> { text.into() };
        for (requests, services, error) in [
            (
                vec![request("x", Path)],
                vec![to()],
                BadMapping::NotInPath { name: name("x") },
            ),
            (
                vec![id()],
                vec![to(), service("y", Path, ValueSource::Request(0))],
                BadMapping::NotInPath { name: name("y") },
            ),
            (
                vec![id()],
                vec![],
                BadMapping::PathWithoutValue { name: name("to") },
            ),
            (
                vec![id(), request("q", Query), request("q", Query)],
                vec![to()],
                BadMapping::Repeated { name: name("q") },
            ),
            (
                vec![id(), request("H", Header), request("h", Header)],
                vec![to()],
                BadMapping::Repeated { name: name("h") },
            ),
            (
                vec![id()],
                vec![to(), service("z", Query, ValueSource::Request(1))],
                BadMapping::NoSource { name: name("z") },
            ),
            (
                vec![id(), request("f", Body)],
                vec![to()],
                BadMapping::NoForm { name: name("f") },
            ),
        ] {
            assert_eq!(check(requests, services), Err(error));
        }
    }

    #[test]
    fn one_name_may_stand_in_several_places() {
        let id = request("id", Location::Path);
        let query = request("id", Location::Query);
        let to = service("to", Location::Path, ValueSource::Request(1));
        let constant = service("to", Location::Query, ValueSource::Constant("c".into()));
        check(vec![id, query], vec![to, constant]).unwrap();
    }
}
