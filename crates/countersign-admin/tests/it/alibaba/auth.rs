use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request};
use http_body::{Body as HttpBody, Frame};

use crate::support::{
    Answer, FixedStatus, HOST, Key, NOW, OWNER, Params, Plane, V3, config, encode, set, sign_v1,
    v1_get, v1_params, v1_post,
};

const CREATE: [(&str, &str); 3] = [
    ("SignatureName", "first"),
    ("SignatureKey", "qwertyuiop"),
    ("SignatureSecret", "asdfghjkl"),
];

/// A v1 call whose parameters were changed before they were signed.
async fn signed_with(plane: &Plane, change: impl FnOnce(&mut Params)) -> Answer {
    let mut params = v1_params(OWNER, "DescribeSignatures", &[], &plane.nonce());
    change(&mut params);
    plane
        .send(v1_get(&sign_v1("GET", params, OWNER.secret)))
        .await
}

#[tokio::test]
async fn an_answer_carries_its_request_id() {
    let plane = Plane::new().await;
    let answer = plane.call("DescribeSignatures", &[]).await;
    let id = answer.json()["RequestId"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("x-acs-request-id"), Some(id.as_str()));
    assert_eq!(id.len(), 36);
    assert_eq!(
        answer.header("content-type"),
        Some("application/json;charset=utf-8")
    );
    assert!(answer.json().get("Code").is_none());
}

#[tokio::test]
async fn an_error_says_all_that_clients_read() {
    let plane = Plane::new().await;
    insta::assert_snapshot!(plane.call("Nothing", &[]).await, @r#"
    404 Not Found
    x-countersign-error: operation_not_found
    {
      "Code": "InvalidApi.NotFound",
      "HostId": "127.0.0.1:18080",
      "Message": "Specified api is not found, please check your url and method.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=InvalidApi.NotFound&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
}

#[tokio::test]
async fn v1_may_be_in_the_query_or_in_a_form() {
    let plane = Plane::new().await;
    let params = v1_params(OWNER, "CreateSignature", &CREATE, &plane.nonce());
    assert_eq!(
        plane
            .send(v1_post(&sign_v1("POST", params, OWNER.secret)))
            .await
            .status,
        200
    );

    // Some here, some there.
    let all = sign_v1(
        "POST",
        v1_params(OWNER, "CreateSignature", &CREATE, &plane.nonce()),
        OWNER.secret,
    );
    let (query, form) = all.split_at(2);
    let mixed = |form: String, name: &str, value: &str| {
        Request::post(format!("/?{}", encode(query)))
            .header("host", HOST)
            .header("content-type", "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(form))
            .unwrap()
    };
    assert_eq!(plane.send(mixed(encode(form), "x", "y")).await.status, 200);
    // One name in both places.
    let twice = format!("{}&SignatureName=first", encode(form));
    let answer = plane.send(mixed(twice, "x", "y")).await;
    insta::assert_snapshot!(answer, @r#"
    400 Bad Request
    x-countersign-error: parameter_repeated
    {
      "Code": "RepeatedSignatureName",
      "HostId": "127.0.0.1:18080",
      "Message": "The specified SignatureName is repeated.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=RepeatedSignatureName&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
}

/// A body of unknown length, in pieces.
struct Chunks(VecDeque<Bytes>);

impl HttpBody for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|chunk| Ok(Frame::data(chunk))))
    }
}

#[tokio::test]
async fn a_chunked_body_is_read() {
    let plane = Plane::new().await;
    let all = encode(&sign_v1(
        "POST",
        v1_params(OWNER, "CreateSignature", &CREATE, &plane.nonce()),
        OWNER.secret,
    ));
    let body = Body::new(Chunks(
        all.into_bytes()
            .chunks(7)
            .map(Bytes::copy_from_slice)
            .collect(),
    ));
    let request = Request::post("/")
        .header("host", HOST)
        .header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(plane.send(request.body(body).unwrap()).await.status, 200);
}

#[tokio::test]
async fn a_body_has_a_limit() {
    let plane = Plane::new().await;
    let request = Request::post("/")
        .header("host", HOST)
        .body(Body::from(vec![b'a'; 1024 * 1024 + 1]))
        .unwrap();
    insta::assert_snapshot!(plane.send(request).await, @r#"
    413 Payload Too Large
    x-countersign-error: body_too_large
    {
      "Code": "InvalidParameter",
      "HostId": "127.0.0.1:18080",
      "Message": "The request's body has more than 1048576 bytes.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=InvalidParameter&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
}

#[tokio::test]
async fn other_methods() {
    let plane = Plane::new().await;
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS] {
        let request = Request::builder()
            .method(method)
            .uri("/")
            .body(Body::empty())
            .unwrap();
        let answer = plane.send(request).await;
        assert_eq!(answer.code(), (400, "UnsupportedHTTPMethod".to_owned()));
        assert_eq!(
            answer.message(),
            "Specified signature is not matched with our calculation."
        );
    }
}

#[tokio::test]
async fn v1_common_parameters() {
    let plane = Plane::new().await;
    for (name, value, status, code) in [
        ("Action", None, 400, "MissingAction"),
        ("Version", None, 400, "MissingVersion"),
        ("Version", Some("2014-05-26"), 404, "InvalidApi.NotFound"),
        ("AccessKeyId", None, 400, "MissingAccessKeyId"),
        ("SignatureVersion", None, 400, "MissingSignatureVersion"),
        (
            "SignatureVersion",
            Some("2.0"),
            400,
            "InvalidSignatureVersion",
        ),
        ("SignatureNonce", Some(""), 400, "MissingSignatureNonce"),
        ("Timestamp", None, 400, "MissingTimestamp"),
        (
            "Timestamp",
            Some("2026-01-02 03:04:05"),
            400,
            "InvalidTimeStamp.Format",
        ),
        (
            "SignatureMethod",
            Some("HMAC-SHA256"),
            400,
            "InvalidSignatureMethod",
        ),
        (
            "SignatureType",
            Some("BEARERTOKEN"),
            400,
            "InvalidSignatureType",
        ),
        ("Format", Some("YAML"), 400, "InvalidParameter.Format"),
    ] {
        let answer = signed_with(&plane, |params| set(params, name, value)).await;
        assert_eq!(answer.code(), (status, code.to_owned()), "{name} {value:?}");
    }
    for (name, value) in [
        ("SignatureMethod", None),
        ("SignatureType", Some("")),
        ("SecurityToken", Some("STS/token+value==")),
        ("RegionId", Some("cn-hangzhou")),
        ("Format", Some("json")),
        ("Format", None),
        ("Unknown", Some("signed all the same")),
    ] {
        let answer = signed_with(&plane, |params| set(params, name, value)).await;
        assert_eq!(answer.status, 200, "{name} {value:?}: {answer}");
    }
}

#[tokio::test]
async fn v1_mismatch_carries_the_string_to_sign_after_the_first_colon() {
    let plane = Plane::new().await;
    let wrong = Key {
        secret: "wrong",
        ..OWNER
    };
    let answer = plane
        .call_as(wrong, "DescribeSignatures", &[("PageSize", "7")])
        .await;
    insta::assert_snapshot!(answer, @r#"
    400 Bad Request
    x-countersign-error: signature_mismatch
    {
      "Code": "SignatureDoesNotMatch",
      "HostId": "127.0.0.1:18080",
      "Message": "Specified signature is not matched with our calculation. server string to sign is:GET&%2F&AccessKeyId%3DtestAccessKeyId%26Action%3DDescribeSignatures%26Format%3DJSON%26PageSize%3D7%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D00000000000000000000000000000000%26SignatureVersion%3D1.0%26Timestamp%3D2026-01-02T03%253A04%253A05Z%26Version%3D2016-07-14",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=SignatureDoesNotMatch&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
    let message = answer.message();
    let (_, text) = message.split_once(':').unwrap();
    assert!(
        text.starts_with("GET&%2F&AccessKeyId%3DtestAccessKeyId"),
        "{text}"
    );
}

#[tokio::test]
async fn v3() {
    let plane = Plane::new().await;
    let form = [("RequestParameters", "[]")];
    let request = |nonce: &str| {
        V3 {
            key: OWNER,
            action: "CreateSignature",
            query: &CREATE,
            form: &form,
            nonce,
        }
        .request()
    };
    assert_eq!(plane.send(request("1")).await.status, 200);

    let edit = |nonce: &str, name: &'static str, value: Option<&str>| {
        let mut request = request(nonce);
        request.headers_mut().remove(name);
        if let Some(value) = value {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request
    };
    for (name, value, status, code) in [
        ("x-acs-action", None, 400, "MissingAction"),
        (
            "x-acs-action",
            Some("DescribeSignatures"),
            400,
            "SignatureDoesNotMatch",
        ),
        ("x-acs-version", None, 400, "MissingVersion"),
        (
            "x-acs-version",
            Some("2014-05-26"),
            404,
            "InvalidApi.NotFound",
        ),
        ("x-acs-date", None, 400, "MissingTimestamp"),
        (
            "x-acs-date",
            Some("yesterday"),
            400,
            "InvalidTimeStamp.Format",
        ),
        ("x-acs-signature-nonce", None, 400, "MissingSignatureNonce"),
        ("x-acs-content-sha256", None, 400, "IncompleteSignature"),
        (
            "x-acs-content-sha256",
            Some("00"),
            400,
            "SignatureDoesNotMatch",
        ),
        (
            "x-acs-retry-attempts",
            Some("1"),
            400,
            "IncompleteSignature",
        ),
        (
            "authorization",
            Some("ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=b"),
            400,
            "InvalidSignatureMethod",
        ),
        (
            "authorization",
            Some("ACS3-HMAC-SHA256 Credential=a"),
            400,
            "IncompleteSignature",
        ),
        ("authorization", None, 400, "IncompleteSignature"),
    ] {
        let answer = plane.send(edit("2", name, value)).await;
        assert_eq!(answer.code(), (status, code.to_owned()), "{name} {value:?}");
    }
    let mut twice = request("2");
    twice
        .headers_mut()
        .append("x-acs-date", "2026-01-02T03:04:05Z".parse().unwrap());
    assert_eq!(
        plane.send(twice).await.code(),
        (400, "IncompleteSignature".to_owned())
    );

    // None of those spent the nonce; what is not signed may be there.
    assert_eq!(
        plane
            .send(edit("2", "accept-encoding", Some("identity")))
            .await
            .status,
        200
    );
    assert_eq!(
        plane.send(request("2")).await.code(),
        (400, "SignatureNonceUsed".to_owned())
    );
    // Blanks around a value are no part of it.
    let blank = edit("4", "x-acs-action", Some(" CreateSignature  "));
    assert_eq!(plane.send(blank).await.status, 200);
    let yaml = V3 {
        key: OWNER,
        action: "DescribeSignatures",
        query: &[("Format", "YAML")],
        form: &[],
        nonce: "3",
    }
    .request();
    assert_eq!(
        plane.send(yaml).await.code(),
        (400, "InvalidParameter.Format".to_owned())
    );
}

#[tokio::test]
async fn v3_mismatch_says_what_was_signed() {
    let plane = Plane::new().await;
    let key = Key {
        secret: "wrong",
        ..OWNER
    };
    let request = V3 {
        key,
        action: "DescribeSignatures",
        query: &[("PageSize", "7")],
        form: &[],
        nonce: "1",
    }
    .request();
    insta::assert_snapshot!(plane.send(request).await, @r#"
    400 Bad Request
    x-countersign-error: signature_mismatch
    {
      "Code": "SignatureDoesNotMatch",
      "HostId": "127.0.0.1:18080",
      "Message": "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\ne4af11d27057c55edb10ca5423a74ebc2d6c4059160b5750e09c0efb2a6c5d09] server CanonicalRequest is [POST\n/\nPageSize=7\nhost:127.0.0.1:18080\nx-acs-action:DescribeSignatures\nx-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nx-acs-date:2026-01-02T03:04:05Z\nx-acs-signature-nonce:1\nx-acs-version:2016-07-14\n\nhost;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855].",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=SignatureDoesNotMatch&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
}

#[tokio::test]
async fn a_nonce_is_spent_once_by_whatever_scheme() {
    let plane = Plane::new().await;
    let request = || {
        v1_get(&sign_v1(
            "GET",
            v1_params(OWNER, "DescribeSignatures", &[], "once"),
            OWNER.secret,
        ))
    };
    assert_eq!(plane.send(request()).await.status, 200);
    insta::assert_snapshot!(plane.send(request()).await, @r#"
    400 Bad Request
    x-countersign-error: nonce_used
    {
      "Code": "SignatureNonceUsed",
      "HostId": "127.0.0.1:18080",
      "Message": "Specified signature nonce was used already.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=SignatureNonceUsed&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
    let v3 = V3 {
        key: OWNER,
        action: "DescribeSignatures",
        query: &[],
        form: &[],
        nonce: "once",
    }
    .request();
    assert_eq!(
        plane.send(v3).await.code(),
        (400, "SignatureNonceUsed".to_owned())
    );
}

#[tokio::test]
async fn a_wrong_signature_spends_no_nonce() {
    let plane = Plane::new().await;
    let params = || v1_params(OWNER, "DescribeSignatures", &[], "once");
    let wrong = plane.send(v1_get(&sign_v1("GET", params(), "wrong"))).await;
    assert_eq!(wrong.code(), (400, "SignatureDoesNotMatch".to_owned()));
    assert_eq!(
        plane
            .send(v1_get(&sign_v1("GET", params(), OWNER.secret)))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_full_memory_of_nonces_refuses_and_forgets_nothing() {
    let mut config = config();
    config.nonce_capacity = 1;
    let plane = Plane::with(config, FixedStatus(None)).await;
    assert_eq!(plane.call("DescribeSignatures", &[]).await.status, 200);
    insta::assert_snapshot!(plane.call("DescribeSignatures", &[]).await, @r#"
    503 Service Unavailable
    x-countersign-error: nonce_memory_full
    {
      "Code": "ServiceUnavailable",
      "HostId": "127.0.0.1:18080",
      "Message": "The request has failed due to a temporary failure of the server.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=ServiceUnavailable&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);
    // 30 minutes on, the first may be forgotten: nothing signed then is accepted now.
    plane.set_time(NOW + 1801);
    let mut later = v1_params(OWNER, "DescribeSignatures", &[], "later");
    set(&mut later, "Timestamp", Some("2026-01-02T03:34:06Z"));
    assert_eq!(
        plane
            .send(v1_get(&sign_v1("GET", later, OWNER.secret)))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_clock_may_be_off_by_fifteen_minutes() {
    let plane = Plane::new().await;
    for (off, expected) in [
        (900, "no error"),
        (-900, "no error"),
        (901, "InvalidTimeStamp.Expired"),
        (-901, "InvalidTimeStamp.Expired"),
    ] {
        plane.set_time(NOW + off);
        assert_eq!(
            signed_with(&plane, |_| ()).await.code().1,
            expected,
            "{off}"
        );
    }
}

#[tokio::test]
async fn the_action_of_v1_is_the_parameter_not_the_header() {
    let plane = Plane::new().await;
    let params = sign_v1(
        "GET",
        v1_params(OWNER, "DescribeSignatures", &[], &plane.nonce()),
        OWNER.secret,
    );
    let mut request = v1_get(&params);
    request
        .headers_mut()
        .insert("x-acs-action", "describeSignatures".parse().unwrap());
    request
        .headers_mut()
        .insert("x-acs-version", "2016-07-14".parse().unwrap());
    assert_eq!(plane.send(request).await.status, 200);
}
