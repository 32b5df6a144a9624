//! The JSON texts, and what they come to.

use countersign_core::{
    ApiDefinition, MethodMatch, MockAnswer,
    mapping::{
        ContentType, Location, ParameterMapping, ParameterType, SystemParameter, ValueSource,
    },
    path::ParameterStyle,
};
use serde_json::{Map, Value};

use super::Document;
use crate::dialect::alibaba::{Fault, Params};

fn read(given: &[(&str, &str)]) -> Result<ApiDefinition, Fault> {
    let pairs = given
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()));
    let mut document = Document::default();
    document.take(&Params::merge(pairs)?)?;
    document.definition()
}

const REQUEST: &str = r#"{"RequestHttpMethod":"GET","RequestPath":"/a/[id]"}"#;
const SERVICE: &str = r#"{"ServiceAddress":"http://b:81"}"#;

/// `base` with `patch`'s fields put over it.
fn patched(base: &str, patch: &str) -> String {
    let mut object: Map<String, Value> = serde_json::from_str(base).unwrap();
    object.extend(serde_json::from_str::<Map<String, Value>>(patch).unwrap());
    Value::Object(object).to_string()
}

fn read_patched(request: &str, service: &str) -> Result<ApiDefinition, String> {
    read(&[
        ("RequestConfig", &patched(REQUEST, request)),
        ("ServiceConfig", &patched(SERVICE, service)),
    ])
    .map_err(told)
}

fn told(fault: Fault) -> String {
    match fault {
        Fault::Invalid { parameter, detail } => {
            format!("{parameter} {}", detail.unwrap_or_default())
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn the_least_and_the_most() {
    let least = read_patched("{}", "{}").unwrap();
    assert_eq!(least.path.to_text(ParameterStyle::BRACKETS), "/a/[id]");
    assert_eq!(
        (
            least.backend.path,
            least.backend.method,
            least.backend.timeout_ms
        ),
        (None, None, 10_000)
    );
    assert_eq!(least.backend.address.to_string(), "http://b:81");

    let most = read_patched(
        r#"{"RequestProtocol":"HTTP,HTTPS","RequestHttpMethod":"ANY","RequestMode":"PASSTHROUGH","BodyFormat":"STREAM"}"#,
        r#"{"ServiceProtocol":"HTTP","ServicePath":"/b/[id]","ServiceHttpMethod":"POST","ServiceTimeout":"600000","Mock":"FALSE"}"#,
    )
    .unwrap();
    assert_eq!(most.method, MethodMatch::Any);
    assert_eq!(
        most.backend.path.unwrap().to_text(ParameterStyle::BRACKETS),
        "/b/[id]"
    );
    assert_eq!(
        (most.backend.method.as_deref(), most.backend.timeout_ms),
        (Some("POST"), 600_000)
    );
}

#[test]
fn what_is_wrong_names_the_field() {
    for (patch, why) in [
        (
            r#"{"RequestMode":"x"}"#,
            "RequestMode: it is one of MAPPING, MAPPING_PASSTHROUGH, PASSTHROUGH.",
        ),
        (
            r#"{"RequestProtocol":"HTTPS"}"#,
            "RequestProtocol: it has to contain HTTP: calls over TLS are not supported yet.",
        ),
        (
            r#"{"RequestProtocol":"FTP"}"#,
            "RequestProtocol: it is HTTP, HTTPS or HTTP,HTTPS.",
        ),
        (
            r#"{"RequestHttpMethod":"get"}"#,
            "RequestHttpMethod: a method is one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY.",
        ),
        (
            r#"{"RequestHttpMethod":null}"#,
            "RequestHttpMethod: it is mandatory.",
        ),
        (r#"{"RequestPath":""}"#, "RequestPath: it is mandatory."),
        (r#"{"RequestPath":7}"#, "RequestPath: it has to be text."),
        (
            r#"{"RequestPath":"a"}"#,
            "RequestPath: a path begins with '/'.",
        ),
        (
            r#"{"RequestPath":"/*/a"}"#,
            "RequestPath: an asterisk stands at the end only.",
        ),
    ] {
        assert_eq!(
            read_patched(patch, "{}").unwrap_err(),
            format!("RequestConfig {why}"),
            "{patch}"
        );
    }
    for (patch, why) in [
        (
            r#"{"ServiceProtocol":"OSS"}"#,
            "ServiceProtocol: only HTTP is supported yet.",
        ),
        (
            r#"{"ServiceAddress":null}"#,
            "ServiceAddress: it is mandatory.",
        ),
        (
            r#"{"ServiceAddress":"https://b"}"#,
            "ServiceAddress: a backend behind TLS is not supported yet.",
        ),
        (
            r#"{"ServiceAddress":"b"}"#,
            "ServiceAddress: a backend's address begins with 'http://'.",
        ),
        (
            r#"{"ServicePath":"b"}"#,
            "ServicePath: a path begins with '/'.",
        ),
        (
            r#"{"ServiceHttpMethod":"x"}"#,
            "ServiceHttpMethod: a method is one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY.",
        ),
        (
            r#"{"ServiceTimeout":0}"#,
            "ServiceTimeout: it is a number of milliseconds from 1 to 600000.",
        ),
        (
            r#"{"ServiceTimeout":"600001"}"#,
            "ServiceTimeout: it is a number of milliseconds from 1 to 600000.",
        ),
        (
            r#"{"ServiceTimeout":"+5"}"#,
            "ServiceTimeout: it is a whole number.",
        ),
        (r#"{"Mock":"yes"}"#, "Mock: it is TRUE or FALSE."),
        (
            r#"{"Mock":true,"MockStatusCode":"199"}"#,
            "MockStatusCode: it is from 200 to 599.",
        ),
        (
            r#"{"Mock":"TRUE","MockStatusCode":204,"MockResult":"x"}"#,
            "MockResult: an answer of this status has no body.",
        ),
        (
            r#"{"Mock":"TRUE","MockHeaders":{}}"#,
            "MockHeaders: it has to be a list.",
        ),
        (
            r#"{"Mock":"TRUE","MockHeaders":[1]}"#,
            "MockHeaders: its entries are objects.",
        ),
        (
            r#"{"Mock":"TRUE","MockHeaders":[{"HeaderName":"a b"}]}"#,
            "MockHeaders: HeaderName: it is no name of an HTTP header.",
        ),
        (
            r#"{"Mock":"TRUE","MockHeaders":[{"HeaderName":"Content_Length","HeaderValue":"1"}]}"#,
            "MockHeaders: HeaderName: only the gateway may set this header.",
        ),
        (
            r#"{"Mock":"TRUE","MockHeaders":[{"HeaderName":"a","HeaderValue":"b\r\nc: d"}]}"#,
            "MockHeaders: HeaderValue: it is no value of an HTTP header.",
        ),
        (
            r#"{"ContentTypeCatagory":"CUSTOM"}"#,
            "ContentTypeValue: it is mandatory.",
        ),
        (
            r#"{"ContentTypeCatagory":"CUSTOM","ContentTypeValue":"text/plain"}"#,
            "ContentTypeCatagory: CUSTOM has no effect in PASSTHROUGH.",
        ),
        (
            r#"{"ServiceVpcEnable":"TRUE"}"#,
            "ServiceVpcEnable: it is not supported yet.",
        ),
    ] {
        assert_eq!(
            read_patched("{}", patch).unwrap_err(),
            format!("ServiceConfig {why}"),
            "{patch}"
        );
    }
    for text in ["", "[]", "{", "1"] {
        let (request, service) = (("RequestConfig", REQUEST), ("ServiceConfig", SERVICE));
        assert!(read(&[("RequestConfig", text), service]).is_err(), "{text}");
        assert!(read(&[request, ("ServiceConfig", text)]).is_err(), "{text}");
    }
}

const TABLES: [(&str, &str); 5] = [
    (
        "RequestParameters",
        r#"[
            {"ApiParameterName":"id","Location":"PATH","ParameterType":"Long","Required":"REQUIRED","MinValue":"-1","MaxValue":9},
            {"ApiParameterName":"q","Location":"QUERY","ParameterType":"String","DefaultValue":"ab","MinLength":2,"MaxLength":"4","EnumValue":"ab, cd"},
            {"ApiParameterName":"q","Location":"HEAD"},
            {"ApiParameterName":"f","Location":"BODY","ParameterType":"Boolean"}
        ]"#,
    ),
    (
        "ServiceParameters",
        r#"[
            {"ServiceParameterName":"to","Location":"PATH","ParameterCatalog":"REQUEST"},
            {"ServiceParameterName":"X-Q","Location":"HEAD"},
            {"ServiceParameterName":"field","Location":"BODY"},
            {"ServiceParameterName":"c","Location":"QUERY","ParameterCatalog":"CONSTANT"},
            {"ServiceParameterName":"X-Ip","Location":"HEAD","ParameterCatalog":"SYSTEM"}
        ]"#,
    ),
    (
        "ServiceParametersMap",
        r#"[
            {"ServiceParameterName":"to","RequestParameterName":"id"},
            {"ServiceParameterName":"X-Q","RequestParameterName":"q"},
            {"ServiceParameterName":"field","RequestParameterName":"f"}
        ]"#,
    ),
    (
        "ConstantParameters",
        r#"[{"ServiceParameterName":"c","ConstantValue":"5","Location":"QUERY"}]"#,
    ),
    (
        "SystemParameters",
        r#"[
            {"ParameterName":"CaClientIp","ServiceParameterName":"x-ip","Location":"HEAD"},
            {"ParameterName":"CaProxy","ServiceParameterName":"by","Location":"QUERY"}
        ]"#,
    ),
];

/// The tables with one of them put in another's place, in a mode.
fn mapped(mode: &str, table: &str, text: &str) -> Result<ApiDefinition, String> {
    let request =
        format!(r#"{{"RequestHttpMethod":"POST","RequestPath":"/a/[id]","RequestMode":"{mode}"}}"#);
    let service = r#"{"ServiceAddress":"http://b:81","ServicePath":"/b/[to]"}"#;
    let mut given = vec![
        ("RequestConfig", request.as_str()),
        ("ServiceConfig", service),
    ];
    given.extend(TABLES);
    given.retain(|(name, _)| *name != table);
    given.push((table, text));
    read(&given).map_err(told)
}

#[test]
fn tables_become_a_mapping() {
    for (mode, passes_unknown) in [
        ("", false),
        ("MAPPING", false),
        ("MAPPING_PASSTHROUGH", true),
    ] {
        let definition = mapped(mode, "ResultSample", "any").unwrap();
        let ParameterMapping {
            passes_unknown: passes,
            request,
            service,
            body_is_form,
            content_type,
        } = ParameterMapping::clone(definition.mapping.as_ref().unwrap());
        assert_eq!(
            (passes, body_is_form, content_type),
            (passes_unknown, true, ContentType::Default)
        );
        assert_eq!(
            (
                request[0].kind,
                request[0].required,
                request[0].limits.min,
                request[0].limits.max
            ),
            (ParameterType::Long, true, Some(-1.0), Some(9.0))
        );
        assert_eq!(request[1].default.as_deref(), Some("ab"));
        assert_eq!(
            (request[1].limits.min_length, request[1].limits.max_length),
            (Some(2), Some(4))
        );
        let allowed: Vec<&str> = request[1].limits.allowed.iter().map(|own| &**own).collect();
        assert_eq!(allowed, ["ab", "cd"]);
        let service: Vec<_> = service
            .iter()
            .map(|own| (&*own.name, own.location, own.source.clone()))
            .collect();
        let constant = |text: &str| ValueSource::Constant(text.into());
        assert_eq!(
            service,
            [
                ("c", Location::Query, constant("5")),
                (
                    "x-ip",
                    Location::Header,
                    ValueSource::System(SystemParameter::ClientIp)
                ),
                ("by", Location::Query, constant("Countersign")),
                ("to", Location::Path, ValueSource::Request(0)),
                // Of the two that are called `q`, the one in a header.
                ("X-Q", Location::Header, ValueSource::Request(2)),
                ("field", Location::Body, ValueSource::Request(3)),
            ]
        );
    }
    // In PASSTHROUGH they are documentation, whatever they say.
    let table = r#"[{"ApiParameterName":"nowhere","RegularExpression":"x"}]"#;
    let request = r#"{"RequestHttpMethod":"GET","RequestPath":"/a","RequestMode":"PASSTHROUGH"}"#;
    let through = read(&[
        ("RequestConfig", request),
        ("ServiceConfig", SERVICE),
        ("RequestParameters", table),
    ]);
    assert_eq!(through.unwrap().mapping, None);
}

#[test]
fn what_is_wrong_with_a_table_names_the_entry_and_the_field() {
    const REQUEST: &str = "RequestParameters";
    const SERVICE: &str = "ServiceParameters";
    const MAP: &str = "ServiceParametersMap";
    const CONSTANT: &str = "ConstantParameters";
    const SYSTEM: &str = "SystemParameters";
    for (table, text, why) in [
        (REQUEST, "{}", "It is not a JSON array."),
        (REQUEST, "[7]", "Entry 1: it is not a JSON object."),
        (
            REQUEST,
            r#"[{"Location":"QUERY"}]"#,
            "Entry 1: ApiParameterName: it is mandatory.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a"}]"#,
            "Entry 1: Location: it is mandatory.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"COOKIE"}]"#,
            "Entry 1: Location: it is one of BODY, HEAD, QUERY, PATH.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"PATH"}]"#,
            "Entry 1: ApiParameterName: RequestPath has no parameter of this name.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a b","Location":"HEAD"}]"#,
            "Entry 1: ApiParameterName: it is no name of an HTTP header.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"X-A","Location":"HEAD"},{"ApiParameterName":"x_a","Location":"HEAD"}]"#,
            "Entry 2: ApiParameterName: another entry has this name at the same place.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"QUERY","RegularExpression":".*"}]"#,
            "Entry 1: RegularExpression: this check is not supported yet.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"QUERY","JsonScheme":"{}"}]"#,
            "Entry 1: JsonScheme: this check is not supported yet.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"QUERY","MaxValue":1.5}]"#,
            "Entry 1: MaxValue: it is a whole number.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"QUERY","MaxValue":1}]"#,
            "Entry 1: MaxValue: it is for numbers only.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"QUERY","MinLength":3,"MaxLength":2}]"#,
            "Entry 1: MaxLength: it is less than MinLength.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"QUERY","ParameterType":"Int","DefaultValue":"x"}]"#,
            "Entry 1: DefaultValue: it is not of the parameter's type.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"QUERY","EnumValue":"x,y","DefaultValue":"z"}]"#,
            "Entry 1: DefaultValue: it breaks the parameter's own limits.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"QUERY","ParameterType":"Int","EnumValue":"1,x"}]"#,
            "Entry 1: EnumValue: a value is not of the parameter's type.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"a","Location":"QUERY","Required":"yes"}]"#,
            "Entry 1: Required: it is one of REQUIRED, OPTIONAL.",
        ),
        (
            SERVICE,
            r#"[{"ServiceParameterName":"x_ca_proxy_signature","Location":"HEAD"}]"#,
            "Entry 1: ServiceParameterName: only the gateway may set this header.",
        ),
        (
            SERVICE,
            r#"[{"ServiceParameterName":"Content-Type","Location":"HEAD"}]"#,
            "Entry 1: ServiceParameterName: ContentTypeCatagory and ContentTypeValue decide on this header.",
        ),
        (
            SERVICE,
            r#"[{"ServiceParameterName":"x","Location":"PATH"}]"#,
            "Entry 1: ServiceParameterName: ServicePath has no parameter of this name.",
        ),
        (
            SERVICE,
            r#"[{"ServiceParameterName":"x","Location":"QUERY"}]"#,
            "Entry 1: ServiceParameterName: ServiceParametersMap does not name it.",
        ),
        (
            SERVICE,
            r#"[{"ServiceParameterName":"x","Location":"QUERY","ParameterCatalog":"CONSTANT"}]"#,
            "Entry 1: ServiceParameterName: ConstantParameters has no entry of this name at the same place.",
        ),
        (
            CONSTANT,
            r#"[{"ServiceParameterName":"Host","ConstantValue":"a","Location":"HEAD"}]"#,
            "Entry 1: ServiceParameterName: only the gateway may set this header.",
        ),
        (
            CONSTANT,
            r#"[{"ServiceParameterName":"X-A","ConstantValue":"a\r\nb: c","Location":"HEAD"}]"#,
            "Entry 1: ConstantValue: it is no value of an HTTP header.",
        ),
        (
            CONSTANT,
            r#"[{"ServiceParameterName":"to","ConstantValue":"..","Location":"PATH"}]"#,
            "Entry 1: ConstantValue: it is no segment of a path.",
        ),
        (
            SYSTEM,
            r#"[{"ParameterName":"CaNothing","ServiceParameterName":"x","Location":"QUERY"}]"#,
            "Entry 1: ParameterName: it is one of CaClientIp, CaDomain, CaRequestHandleTime, CaAppId, CaRequestId, CaHttpSchema, CaProxy.",
        ),
    ] {
        assert_eq!(
            mapped("MAPPING", table, text).unwrap_err(),
            format!("{table} {why}"),
            "{text}"
        );
    }
    for (table, text, why) in [
        (
            SERVICE,
            "[]",
            "ServiceParametersMap Entry 1: ServiceParameterName: ServiceParameters has no entry of this name that comes from the request.",
        ),
        (
            "ServiceConfig",
            r#"{"ServiceAddress":"http://b:81","ServicePath":"/[to]/[more]"}"#,
            "ServiceConfig ServicePath: a parameter of it is given no value by any table.",
        ),
        (
            MAP,
            "[]",
            "ServiceParameters Entry 1: ServiceParameterName: ServiceParametersMap does not name it.",
        ),
        (
            REQUEST,
            r#"[{"ApiParameterName":"id","Location":"PATH"}]"#,
            "ServiceParametersMap Entry 2: RequestParameterName: RequestParameters has no entry of this name.",
        ),
        (
            MAP,
            r#"[{"ServiceParameterName":"to","RequestParameterName":"id"},{"ServiceParameterName":"X-Q","RequestParameterName":"q"},{"ServiceParameterName":"field","RequestParameterName":"q"}]"#,
            "ServiceParametersMap Entry 3: RequestParameterName: more than one entry of RequestParameters has this name.",
        ),
        (
            "RequestConfig",
            r#"{"RequestHttpMethod":"POST","RequestPath":"/a/[id]","BodyFormat":"STREAM"}"#,
            "RequestConfig BodyFormat: a parameter is in the BODY, which needs FORM.",
        ),
        (
            "ServiceConfig",
            r#"{"ServiceAddress":"http://b:81"}"#,
            "ServiceParameters Entry 1: Location: PATH needs a ServicePath.",
        ),
    ] {
        let refused = mapped("", table, text).unwrap_err();
        assert_eq!(refused, why, "{table} {text}");
    }
}

#[test]
fn a_mock_needs_no_backend() {
    let mock = r#"{"Mock":"TRUE","MockResult":"{}","MockStatusCode":"418","MockHeaders":[{"HeaderName":"X-A","HeaderValue":"b c"}]}"#;
    let read = read(&[("RequestConfig", REQUEST), ("ServiceConfig", mock)]).unwrap();
    assert_eq!(
        read.mock.as_deref(),
        Some(&MockAnswer {
            status: 418,
            headers: vec![("X-A".into(), "b c".into())],
            body: "{}".into(),
        })
    );
    assert_eq!(read.backend.address.to_string(), "http://mock.invalid:80");
}

#[test]
fn whatever_is_accepted_is_told_again_to_the_same_end() {
    let first = mapped("MAPPING", "ResultSample", "any").unwrap();
    let document = Document::of(&first);
    assert_eq!(document.definition().unwrap(), first);
}

#[test]
fn tables_have_an_end() {
    let entry = |n: usize| format!(r#"{{"ApiParameterName":"q{n}","Location":"QUERY"}}"#);
    let table = |n| format!("[{}]", (0..n).map(entry).collect::<Vec<_>>().join(","));
    let read = |n| {
        read(&[
            ("RequestConfig", REQUEST),
            ("ServiceConfig", SERVICE),
            ("RequestParameters", &table(n)),
        ])
    };
    assert_eq!(read(500).unwrap().mapping.unwrap().request.len(), 500);
    assert_eq!(
        read(501).map_err(told).unwrap_err(),
        "RequestParameters It has more than 500 entries."
    );
}
