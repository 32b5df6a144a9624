//! Whatever bytes come, they are answered: no panic, a status that says whose
//! mistake it is, and a body that is what its label says. The same paths are
//! fuzzed by `fuzz/`.

use axum::body::Body;
use http::{HeaderValue, Request};
use proptest::prelude::*;
use quick_xml::{Reader, events::Event};

use crate::support::{Answer, HOST, OWNER, Plane, V3, sign_v1, v1_get, v1_params, v1_post};

/// Two planes' worth of state is nothing next to a call, but a store has a
/// thread: so one plane for all cases of a property.
fn with_plane(check: impl Fn(&tokio::runtime::Runtime, &Plane)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let plane = runtime.block_on(Plane::new());
    check(&runtime, &plane);
}

/// No defect of ours, and readable.
fn is_an_answer(answer: &Answer) {
    assert!(answer.status.as_u16() < 500, "{answer}");
    assert!(answer.field("RequestId").is_some(), "{answer}");
    if answer.is_xml() {
        let mut reader = Reader::from_str(&answer.body);
        while reader.read_event().unwrap() != Event::Eof {}
    } else {
        let _: serde_json::Value = answer.json();
    }
}

fn run<S: Strategy>(strategy: S, each: impl Fn(&tokio::runtime::Runtime, &Plane, S::Value))
where
    S::Value: Clone,
{
    with_plane(|runtime, plane| {
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
            cases: 128,
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        runner
            .run(&strategy, |value| {
                each(runtime, plane, value);
                Ok(())
            })
            .unwrap();
    });
}

/// Text that looks like a query now and then.
fn query() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        "(Action|Format|Version|Signature|Timestamp|[A-z]{0,3})=[%&=+A-Z0-9]{0,20}&?"
            .prop_map(String::into_bytes),
        "((Action|Format|AccessKeyId|Signature)=(XML|DescribeApis|%[0-9A-F]{0,2}|\\PC{0,4})&){0,4}"
            .prop_map(String::into_bytes),
    ]
}

#[test]
fn any_form_is_answered() {
    run(query(), |runtime, plane, bytes| {
        let request = Request::post("/")
            .header("host", HOST)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(bytes))
            .unwrap();
        is_an_answer(&runtime.block_on(plane.send(request)));
    });
}

#[test]
fn any_query_is_answered() {
    run(query(), |runtime, plane, bytes| {
        let mut uri = b"/?".to_vec();
        uri.extend(bytes);
        // What is no URI at all, the HTTP library refuses.
        let Ok(uri) = http::Uri::try_from(uri) else {
            return;
        };
        let request = Request::get(uri).header("host", HOST);
        is_an_answer(&runtime.block_on(plane.send(request.body(Body::empty()).unwrap())));
    });
}

#[test]
fn any_authorization_is_answered() {
    let value = prop_oneof![
        any::<Vec<u8>>(),
        "ACS3-(HMAC-SHA256|[A-Z0-9]{0,9}) ?((Credential|SignedHeaders|Signature)=[a-z0-9;,=]{0,20},? ?){0,5}"
            .prop_map(String::into_bytes),
    ];
    run(value, |runtime, plane, bytes| {
        let Ok(value) = HeaderValue::from_bytes(&bytes) else {
            return;
        };
        let mut request = V3 {
            key: OWNER,
            action: "DescribeSignatures",
            query: &[],
            form: &[],
            nonce: "n",
        }
        .request();
        request.headers_mut().insert("authorization", value);
        let answer = runtime.block_on(plane.send(request));
        is_an_answer(&answer);
        assert!(answer.status.is_client_error(), "{answer}");
    });
}

#[test]
fn any_header_is_answered() {
    let name = prop::sample::select(vec![
        "accept",
        "content-type",
        "host",
        "x-acs-action",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256",
    ]);
    run((name, any::<Vec<u8>>()), |runtime, plane, (name, bytes)| {
        let Ok(value) = HeaderValue::from_bytes(&bytes) else {
            return;
        };
        let mut request = V3 {
            key: OWNER,
            action: "DescribeSignatures",
            query: &[("Format", "XML")],
            form: &[],
            nonce: "n",
        }
        .request();
        request.headers_mut().insert(name, value);
        is_an_answer(&runtime.block_on(plane.send(request)));
    });
}

/// As a caller who signed it: texts of every parameter that holds JSON.
#[test]
fn any_json_parameter_is_answered() {
    let json = prop_oneof![
        any::<String>(),
        "[\\[\\]{}\":,0-9a-z\\\\ ]{0,60}",
        r#"\{("(RequestPath|RequestHttpMethod|RequestMode|ServiceAddress|ServiceProtocol|ServiceTimeout|MockResult)":("[/\[\]a-z*:.]{0,8}"|[0-9]{0,3}|null|true|\[\]|\{\}),?){0,4}\}"#,
    ];
    let name = prop::sample::select(vec![
        "RequestConfig",
        "ServiceConfig",
        "RequestParameters",
        "ServiceParameters",
        "ServiceParametersMap",
        "ConstantParameters",
        "SystemParameters",
    ]);
    run((name, json), |runtime, plane, (name, json)| {
        let group = runtime.block_on(async {
            let listed = plane.call("DescribeApiGroups", &[]).await.json();
            let group = &listed["ApiGroupAttributes"]["ApiGroupAttribute"][0]["GroupId"];
            match group.as_str() {
                Some(group) => group.to_owned(),
                None => plane.group("group").await,
            }
        });
        let mut params = vec![
            ("GroupId", group.as_str()),
            ("ApiName", "anApi"),
            ("Visibility", "PUBLIC"),
            (
                "RequestConfig",
                r#"{"RequestHttpMethod":"GET","RequestPath":"/a","RequestMode":"MAPPING"}"#,
            ),
            ("ServiceConfig", crate::support::SERVICE),
        ];
        params.retain(|(own, _)| *own != name);
        params.push((name, &json));
        let all = v1_params(OWNER, "CreateApi", &params, &plane.nonce());
        let request = v1_post(&sign_v1("POST", all, OWNER.secret));
        is_an_answer(&runtime.block_on(plane.send(request)));
    });
}

/// A text that the service keeps comes back in XML as it is.
#[test]
fn any_description_comes_back_in_xml() {
    run(
        "[^\\x00-\\x1f\\x7f-\\x9f]{1,40}",
        |runtime, plane, text: String| {
            let created = runtime.block_on(plane.call(
                "CreateApiGroup",
                &[("GroupName", "aGroup"), ("Description", &text)],
            ));
            is_an_answer(&created);
            let Some(group) = created.field("GroupId") else {
                return;
            };
            let mut params = v1_params(OWNER, "DescribeApiGroups", &[], &plane.nonce());
            crate::support::set(&mut params, "Format", None);
            let answer =
                runtime.block_on(plane.send(v1_get(&sign_v1("GET", params, OWNER.secret))));
            is_an_answer(&answer);
            let carried = text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
            assert_eq!(answer.field("Description"), Some(carried));
            let deleted = runtime.block_on(plane.call("DeleteApiGroup", &[("GroupId", &group)]));
            assert_eq!(deleted.status, 200);
        },
    );
}
