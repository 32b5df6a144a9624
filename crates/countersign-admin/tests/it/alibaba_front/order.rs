//! The order of the checks (spec 4.4): a call that is wrong in everything,
//! mended one thing at a time, is told of the next thing each time.

use http::Request;

use crate::support::{
    FixedStatus, NOW, OWNER, Params, Plane, V3, config, encode, set, sign_v1, v1_get, v1_params,
};

async fn limited() -> Plane {
    let mut config = config();
    config.requests_per_second = 1;
    Plane::with(config, FixedStatus(None)).await
}

type Break = fn(&mut Params);

/// In the order in which they are found.
const V1: &[(&str, Break)] = &[
    ("RepeatedA", |params| {
        params.extend([
            ("A".to_owned(), "1".to_owned()),
            ("A".to_owned(), "2".to_owned()),
        ]);
    }),
    ("MissingAction", |params| set(params, "Action", None)),
    ("MissingVersion", |params| set(params, "Version", None)),
    ("InvalidApi.NotFound", |params| {
        set(params, "Version", Some("2014-05-26"));
    }),
    ("InvalidParameter.Format", |params| {
        set(params, "Format", Some("YAML"));
    }),
    ("InvalidSignatureType", |params| {
        set(params, "SignatureType", Some("BEARERTOKEN"));
    }),
    ("MissingAccessKeyId", |params| {
        set(params, "AccessKeyId", None);
    }),
    ("MissingSignature", |params| {
        set(params, "Signature", Some(""));
    }),
    ("InvalidSignatureMethod", |params| {
        set(params, "SignatureMethod", Some("HMAC-MD5"));
    }),
    ("InvalidSignatureVersion", |params| {
        set(params, "SignatureVersion", Some("2.0"));
    }),
    ("MissingSignatureNonce", |params| {
        set(params, "SignatureNonce", None);
    }),
    ("InvalidTimeStamp.Format", |params| {
        set(params, "Timestamp", Some("now"));
    }),
    ("InvalidAccessKeyId.NotFound", |params| {
        set(params, "AccessKeyId", Some("nobody"));
    }),
    ("InvalidTimeStamp.Expired", |params| {
        set(params, "Timestamp", Some("2026-01-01T03:04:05Z"));
    }),
    ("SignatureDoesNotMatch", |params| {
        set(params, "Signature", Some("d3Jvbmc="));
    }),
    ("SignatureNonceUsed", |params| {
        set(params, "SignatureNonce", Some("used"));
    }),
];

#[tokio::test]
async fn v1() {
    let plane = limited().await;
    let call = |broken: &[(&str, Break)], nonce: &str, params: &[(&str, &str)]| {
        let mut all = v1_params(OWNER, "DeleteSignature", params, nonce);
        // Outermost last: what is found first covers what is found later.
        for (_, break_it) in broken.iter().rev() {
            break_it(&mut all);
        }
        let mut signed = sign_v1("GET", all.clone(), OWNER.secret);
        if let Some((_, value)) = all.iter().find(|(name, _)| name == "Signature") {
            let value = value.clone();
            set(&mut signed, "Signature", Some(&value));
        }
        v1_get(&signed)
    };
    let before = plane.store.snapshot().revision();
    // Spends the nonce, and the one call of this second.
    let spent = plane.send(call(&[], "used", &[])).await;
    assert_eq!(spent.code().1, "MissingSignatureId");

    let mut refused = call(V1, "n", &[]);
    *refused.method_mut() = http::Method::DELETE;
    assert_eq!(plane.send(refused).await.code().1, "UnsupportedHTTPMethod");
    for (done, (code, _)) in V1.iter().enumerate() {
        let answer = plane.send(call(&V1[done..], "n", &[])).await;
        assert_eq!(answer.code().1, *code, "{answer}");
    }
    let unknown = [("SignatureId", "0123456789abcdef0123456789abcdef")];
    let throttled = plane.send(call(&[], "1", &[])).await;
    assert_eq!(throttled.code().1, "Throttling.User");
    plane.wait(1000);
    let parameters = plane.send(call(&[], "2", &[])).await;
    assert_eq!(parameters.code().1, "MissingSignatureId");
    plane.wait(1000);
    let state = plane.send(call(&[], "3", &unknown)).await;
    assert_eq!(state.code().1, "NotFoundSignature");
    assert_eq!(plane.store.snapshot().revision(), before);
}

type BreakRequest = fn(&mut Request<axum::body::Body>);

fn header(request: &mut Request<axum::body::Body>, name: &'static str, value: &str) {
    request.headers_mut().insert(name, value.parse().unwrap());
}

const V3_STEPS: &[(&str, BreakRequest)] = &[
    ("RepeatedA", |request| {
        *request.uri_mut() = format!("/?{}", encode(&[("A", "1"), ("A", "2")]))
            .parse()
            .unwrap();
    }),
    ("MissingAction", |request| {
        header(request, "x-acs-action", "");
    }),
    ("MissingVersion", |request| {
        header(request, "x-acs-version", "");
    }),
    ("InvalidApi.NotFound", |request| {
        header(request, "x-acs-version", "2014-05-26");
    }),
    ("InvalidParameter.Format", |request| {
        *request.uri_mut() = "/?Format=YAML".parse().unwrap();
    }),
    ("InvalidSignatureType", |request| {
        *request.uri_mut() = "/?SignatureType=BEARERTOKEN".parse().unwrap();
    }),
    ("InvalidSignatureMethod", |request| {
        header(request, "authorization", "ACS3-RSA-SHA256 Credential=a");
    }),
    ("IncompleteSignature", |request| {
        header(request, "authorization", "ACS3-HMAC-SHA256 Credential=a");
    }),
    ("MissingSignatureNonce", |request| {
        header(request, "x-acs-signature-nonce", "");
    }),
    ("MissingTimestamp", |request| {
        header(request, "x-acs-date", "");
    }),
    ("InvalidTimeStamp.Format", |request| {
        header(request, "x-acs-date", "now");
    }),
    ("InvalidAccessKeyId.NotFound", |request| {
        let digest = "0".repeat(64);
        let text =
            format!("ACS3-HMAC-SHA256 Credential=nobody,SignedHeaders=host,Signature={digest}");
        header(request, "authorization", &text);
    }),
    ("InvalidTimeStamp.Expired", |request| {
        header(request, "x-acs-date", "2026-01-01T03:04:05Z");
    }),
    ("SignatureDoesNotMatch", |request| {
        *request.uri_mut() = "/?Changed=1".parse().unwrap();
    }),
];

#[tokio::test]
async fn v3() {
    assert_eq!(NOW, 1_767_323_045, "the times above are a day before");
    let plane = limited().await;
    let call = |broken: &[(&str, BreakRequest)], nonce: &str| {
        let mut request = V3 {
            key: OWNER,
            action: "DeleteSignature",
            query: &[],
            form: &[],
            nonce,
        }
        .request();
        for (_, break_it) in broken.iter().rev() {
            break_it(&mut request);
        }
        request
    };
    let spent = plane.send(call(&[], "used")).await;
    assert_eq!(spent.code().1, "MissingSignatureId");
    for (done, (code, _)) in V3_STEPS.iter().enumerate() {
        let answer = plane.send(call(&V3_STEPS[done..], "n")).await;
        assert_eq!(answer.code().1, *code, "{answer}");
    }
    assert_eq!(
        plane.send(call(&[], "used")).await.code().1,
        "SignatureNonceUsed"
    );
    assert_eq!(plane.send(call(&[], "1")).await.code().1, "Throttling.User");
    plane.wait(1000);
    assert_eq!(
        plane.send(call(&[], "2")).await.code().1,
        "MissingSignatureId"
    );
}
