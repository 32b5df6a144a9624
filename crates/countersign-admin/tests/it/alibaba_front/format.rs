//! JSON and XML.

use axum::body::Body;
use http::Request;

use crate::support::{
    Answer, HOST, OWNER, Plane, V3, encode, set, sign_v1, v1_get, v1_params, v1_post,
};

async fn v1(plane: &Plane, action: &str, format: Option<&str>) -> Answer {
    let mut params = v1_params(OWNER, action, &[], &plane.nonce());
    set(&mut params, "Format", format);
    plane
        .send(v1_get(&sign_v1("GET", params, OWNER.secret)))
        .await
}

async fn v3(plane: &Plane, format: Option<&str>, accept: Option<&str>) -> Answer {
    let query: Vec<_> = format
        .map(|format| ("Format", format))
        .into_iter()
        .collect();
    let mut request = V3 {
        key: OWNER,
        action: "DescribeSignatures",
        query: &query,
        form: &[],
        nonce: &plane.nonce(),
    }
    .request();
    if let Some(accept) = accept {
        request
            .headers_mut()
            .insert("accept", accept.parse().unwrap());
    }
    plane.send(request).await
}

const JSON: Option<&str> = Some("application/json;charset=utf-8");
const XML: Option<&str> = Some("text/xml;charset=utf-8");

#[tokio::test]
async fn v1_is_answered_in_xml_unless_json_is_asked_for() {
    let plane = Plane::new().await;
    for (format, content_type) in [
        (None, XML),
        (Some(""), XML),
        (Some("XML"), XML),
        (Some("xml"), XML),
        (Some("JSON"), JSON),
        (Some("json"), JSON),
        (Some("JsOn"), JSON),
    ] {
        for (action, status) in [("DescribeSignatures", 200), ("DeleteSignature", 400)] {
            let answer = v1(&plane, action, format).await;
            let got = (answer.status.as_u16(), answer.header("content-type"));
            assert_eq!(got, (status, content_type), "{action} {format:?}");
        }
    }
    for bad in ["YAML", "JSON ", "text/xml", "X\u{0}ML"] {
        let answer = v1(&plane, "DescribeSignatures", Some(bad)).await;
        assert_eq!(answer.code(), (400, "InvalidParameter.Format".to_owned()));
        assert_eq!(answer.header("content-type"), JSON);
    }
}

#[tokio::test]
async fn v3_is_answered_in_json_unless_xml_is_asked_for() {
    let plane = Plane::new().await;
    for (format, accept, content_type) in [
        (None, None, JSON),
        (None, Some("application/json"), JSON),
        (None, Some("*/*"), JSON),
        (None, Some("text/xml"), XML),
        (None, Some("application/xml"), XML),
        (Some("XML"), Some("application/json"), XML),
        (Some("json"), Some("text/xml"), JSON),
    ] {
        let answer = v3(&plane, format, accept).await;
        let got = (answer.status.as_u16(), answer.header("content-type"));
        assert_eq!(got, (200, content_type), "{format:?} {accept:?}");
    }
    let answer = v3(&plane, Some("YAML"), Some("text/xml")).await;
    assert_eq!(answer.code(), (400, "InvalidParameter.Format".to_owned()));
}

#[tokio::test]
async fn a_list_in_xml() {
    let plane = Plane::new().await;
    insta::assert_snapshot!(v1(&plane, "DescribeSignatures", None).await, @r#"
    200 OK
    <?xml version="1.0" encoding="UTF-8"?>
    <DescribeSignaturesResponse>
    <RequestId>[request id]</RequestId>
    <TotalCount>0</TotalCount>
    <PageNumber>1</PageNumber>
    <PageSize>10</PageSize>
    <SignatureInfos>
    </SignatureInfos>
    </DescribeSignaturesResponse>
    "#);
    plane.signature("first").await;
    plane.signature("second").await;
    insta::assert_snapshot!(v1(&plane, "DescribeSignatures", None).await, @r#"
    200 OK
    <?xml version="1.0" encoding="UTF-8"?>
    <DescribeSignaturesResponse>
    <RequestId>[request id]</RequestId>
    <TotalCount>2</TotalCount>
    <PageNumber>1</PageNumber>
    <PageSize>10</PageSize>
    <SignatureInfos>
    <SignatureInfo>
    <RegionId>cn-test</RegionId>
    <SignatureId>[id]</SignatureId>
    <SignatureName>second</SignatureName>
    <SignatureKey>qwertyuiop</SignatureKey>
    <SignatureSecret>asdfghjkl</SignatureSecret>
    <CreatedTime>2026-01-02T03:04:05Z</CreatedTime>
    <ModifiedTime>2026-01-02T03:04:05Z</ModifiedTime>
    </SignatureInfo>
    <SignatureInfo>
    <RegionId>cn-test</RegionId>
    <SignatureId>[id]</SignatureId>
    <SignatureName>first</SignatureName>
    <SignatureKey>qwertyuiop</SignatureKey>
    <SignatureSecret>asdfghjkl</SignatureSecret>
    <CreatedTime>2026-01-02T03:04:05Z</CreatedTime>
    <ModifiedTime>2026-01-02T03:04:05Z</ModifiedTime>
    </SignatureInfo>
    </SignatureInfos>
    </DescribeSignaturesResponse>
    "#);
}

#[tokio::test]
async fn an_error_in_xml() {
    let plane = Plane::new().await;
    let answer = v1(&plane, "DeleteSignature", Some("xml")).await;
    insta::assert_snapshot!(answer, @r#"
    400 Bad Request
    x-countersign-error: parameter_missing
    <?xml version="1.0" encoding="UTF-8"?>
    <Error>
    <RequestId>[request id]</RequestId>
    <HostId>127.0.0.1:18080</HostId>
    <Code>MissingSignatureId</Code>
    <Message>SignatureId is mandatory for this action.</Message>
    <Recommend>https://api.aliyun.com/troubleshoot?q=MissingSignatureId&amp;product=CloudAPI&amp;requestId=[request id]</Recommend>
    </Error>
    "#);
    assert_eq!(
        answer.field("RequestId").as_deref(),
        answer.header("x-acs-request-id")
    );

    // What is signed is full of characters that XML escapes; it comes back as it is.
    let mut params = v1_params(OWNER, "DescribeSignatures", &[("A", "<&'\">")], "1");
    set(&mut params, "Format", Some("xml"));
    let answer = plane.send(v1_get(&sign_v1("GET", params, "wrong"))).await;
    let message = answer.message();
    assert!(
        message.contains("server string to sign is:GET&%2F&A%3D%253C%2526%2527%2522%253E%26"),
        "{message}"
    );
}

/// What was refused before all of its parameters were read: XML goes only to
/// one who asked for it where that could be read.
#[tokio::test]
async fn a_call_that_cannot_be_read() {
    let plane = Plane::new().await;
    let large = || Body::from(vec![b'a'; 1024 * 1024 + 1]);
    let form = "application/x-www-form-urlencoded";
    for (method, uri, accept, body, code, content_type) in [
        (
            "DELETE",
            "/",
            "*/*",
            Body::empty(),
            "UnsupportedHTTPMethod",
            JSON,
        ),
        (
            "PUT",
            "/?Format=XML",
            "*/*",
            Body::empty(),
            "UnsupportedHTTPMethod",
            XML,
        ),
        (
            "PUT",
            "/",
            "text/xml",
            Body::empty(),
            "UnsupportedHTTPMethod",
            XML,
        ),
        ("POST", "/", "*/*", large(), "InvalidParameter", JSON),
        (
            "POST",
            "/?Format=xml",
            "*/*",
            large(),
            "InvalidParameter",
            XML,
        ),
        (
            "POST",
            "/?Format=json",
            "text/xml",
            large(),
            "InvalidParameter",
            JSON,
        ),
        // All that there is was read, and it is v1 by default.
        ("GET", "/", "*/*", Body::empty(), "MissingAction", XML),
        (
            "GET",
            "/?Format=json",
            "*/*",
            Body::empty(),
            "MissingAction",
            JSON,
        ),
        (
            "POST",
            "/",
            "*/*",
            Body::from("Format=json"),
            "MissingAction",
            JSON,
        ),
        (
            "GET",
            "/?A=1&A=2&Format=json",
            "*/*",
            Body::empty(),
            "RepeatedA",
            JSON,
        ),
        ("GET", "/?A=1&A=2", "*/*", Body::empty(), "RepeatedA", XML),
        (
            "GET",
            "/?Format=xml&Format=json",
            "*/*",
            Body::empty(),
            "RepeatedFormat",
            JSON,
        ),
        (
            "GET",
            "/?Format=xml&Format=XML",
            "*/*",
            Body::empty(),
            "RepeatedFormat",
            XML,
        ),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("host", HOST)
            .header("accept", accept)
            .header("content-type", form)
            .body(body)
            .unwrap();
        let answer = plane.send(request).await;
        let got = (answer.code().1, answer.header("content-type"));
        assert_eq!(
            got,
            (code.to_owned(), content_type),
            "{method} {uri} {accept}"
        );
    }
}

#[tokio::test]
async fn the_format_may_be_in_the_form() {
    let plane = Plane::new().await;
    let mut params = v1_params(OWNER, "DescribeSignatures", &[], &plane.nonce());
    set(&mut params, "Format", Some("XML"));
    let answer = plane
        .send(v1_post(&sign_v1("POST", params, OWNER.secret)))
        .await;
    assert_eq!((answer.status.as_u16(), answer.is_xml()), (200, true));
}

/// A host is repeated in errors; it is no markup.
#[tokio::test]
async fn a_host_of_markup_is_text() {
    let plane = Plane::new().await;
    let request = Request::get(format!("/?{}", encode(&[("Action", "x")])))
        .header("host", "<b>&\u{e9}]]>")
        .body(Body::empty())
        .unwrap();
    let answer = plane.send(request).await;
    assert_eq!(answer.field("HostId").as_deref(), Some("<b>&\u{e9}]]>"));
}
