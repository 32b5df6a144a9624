//! What a sound store never holds.

use std::sync::Arc;

use countersign_core::{
    ApiDefinition, ApiId, BackendAddress, BackendTarget, DialectName, EnvironmentName, MatchMode,
    MethodMatch, PathPattern, PayloadPolicy, PublicationKey, Route,
    mapping::{ContentType, Location, ParameterMapping, ServiceParameter, ValueSource},
    path::ParameterStyle,
};
use http::{HeaderMap, Method};

use super::{ClientsBody, Input, Mapped, MappedBody, System, map};
use crate::{fault::Fault, header_policy::Owned};

fn run(
    services: &[(&str, Location, ValueSource)],
    content_type: ContentType,
    backend_path: Option<&str>,
) -> Result<Mapped, Fault> {
    let pattern = |text: &str| PathPattern::parse(text, ParameterStyle::BRACES).unwrap();
    let route = Route {
        key: PublicationKey {
            api: ApiId::from_random([1; 16]),
            environment: EnvironmentName::parse("RELEASE").unwrap(),
        },
        definition: Arc::new(ApiDefinition {
            method: MethodMatch::Any,
            path: pattern("/a"),
            match_mode: MatchMode::Exact,
            backend: BackendTarget {
                address: BackendAddress::parse("http://127.0.0.1:1").unwrap(),
                path: backend_path.map(pattern),
                method: None,
                timeout_ms: 1,
            },
            mapping: None,
            mock: None,
            payload: PayloadPolicy::default(),
            document: None,
        }),
        made_by: DialectName::from_stored("native"),
    };
    let service = services
        .iter()
        .map(|(name, location, source)| ServiceParameter {
            name: (*name).into(),
            location: *location,
            source: source.clone(),
        });
    let mapping = ParameterMapping {
        passes_unknown: false,
        request: Arc::new([]),
        service: service.collect(),
        body_is_form: true,
        content_type,
    };
    let input = Input {
        route: &route,
        method: &Method::POST,
        path: "/a",
        query: Some("a=1"),
        headers: &HeaderMap::new(),
        body: ClientsBody::None,
        system: System {
            client_ip: "::1",
            host: "h",
            handle_time_ms: 1,
            request_id: "i",
        },
        owned: Owned::Alibaba,
    };
    map(&mapping, &input)
}

#[test]
fn a_place_outside_the_table_is_an_absent_parameter() {
    let outside = || ValueSource::Request(usize::MAX);
    let services = [
        ("q", Location::Query, outside()),
        ("h", Location::Header, outside()),
        ("b", Location::Body, outside()),
        ("p", Location::Path, outside()),
    ];
    let mapped = run(&services, ContentType::Default, None).unwrap();
    assert_eq!(mapped.target, "/a");
    assert!(mapped.headers.is_empty());
    assert_eq!(mapped.body, MappedBody::Form(String::new()));
    let mapped = run(&services, ContentType::Default, Some("/b/{p}"));
    assert!(matches!(mapped, Err(Fault::Definition)));
}

#[test]
fn what_cannot_be_written_is_no_fault_of_the_client() {
    let constant = |text: &str| ValueSource::Constant(text.into());
    for (location, text) in [
        (Location::Header, "a\r\nb"),
        (Location::Header, "é"),
        (Location::Path, ""),
        (Location::Path, ".."),
    ] {
        let services = [("p", location, constant(text))];
        let mapped = run(&services, ContentType::Default, Some("/b/{p}"));
        assert!(matches!(mapped, Err(Fault::Definition)), "{text:?}");
    }
    let services = [("p", Location::Body, constant("1"))];
    let mapped = run(&services, ContentType::Custom("\n".into()), None);
    assert!(matches!(mapped, Err(Fault::Definition)));
    let mapped = run(&[], ContentType::Default, Some("/b/{p}"));
    assert!(matches!(mapped, Err(Fault::Definition)));
}
