//! The common parameters of v1 and headers of V3 (spec 1.3 and 1.4): each
//! absent, empty and malformed.

use axum::body::Body;
use http::Request;

use crate::support::{OWNER, Plane, V3, set, sign_v1, v1_get, v1_params};

/// What a value is answered with; `None` stands for an absent parameter.
type Case = (&'static str, Option<&'static str>, u16, &'static str);

const FINE: &str = "no error";

/// Changed before the call is signed.
const V1: &[Case] = &[
    ("Action", None, 400, "MissingAction"),
    ("Action", Some(""), 400, "MissingAction"),
    (
        "Action",
        Some("describeSignatures"),
        404,
        "InvalidApi.NotFound",
    ),
    (
        "Action",
        Some("DescribeSignatures "),
        404,
        "InvalidApi.NotFound",
    ),
    ("Action", Some("Describe\0"), 404, "InvalidApi.NotFound"),
    ("Version", None, 400, "MissingVersion"),
    ("Version", Some(""), 400, "MissingVersion"),
    ("Version", Some("2016-07-15"), 404, "InvalidApi.NotFound"),
    ("AccessKeyId", None, 400, "MissingAccessKeyId"),
    ("AccessKeyId", Some(""), 400, "MissingAccessKeyId"),
    (
        "AccessKeyId",
        Some("nobody"),
        404,
        "InvalidAccessKeyId.NotFound",
    ),
    (
        "AccessKeyId",
        Some("not an id \0 é"),
        404,
        "InvalidAccessKeyId.NotFound",
    ),
    // Documented as required, and the error table says that it may be left out.
    ("SignatureMethod", None, 200, FINE),
    ("SignatureMethod", Some(""), 200, FINE),
    (
        "SignatureMethod",
        Some("hmac-sha1"),
        400,
        "InvalidSignatureMethod",
    ),
    (
        "SignatureMethod",
        Some("HMAC-SHA256"),
        400,
        "InvalidSignatureMethod",
    ),
    ("SignatureVersion", None, 400, "MissingSignatureVersion"),
    ("SignatureVersion", Some(""), 400, "MissingSignatureVersion"),
    (
        "SignatureVersion",
        Some("1"),
        400,
        "InvalidSignatureVersion",
    ),
    ("SignatureType", None, 200, FINE),
    ("SignatureType", Some(""), 200, FINE),
    (
        "SignatureType",
        Some("BEARERTOKEN"),
        400,
        "InvalidSignatureType",
    ),
    (
        "SignatureType",
        Some("PRIVATEKEY"),
        400,
        "InvalidSignatureType",
    ),
    ("SignatureNonce", None, 400, "MissingSignatureNonce"),
    ("SignatureNonce", Some(""), 400, "MissingSignatureNonce"),
    ("SignatureNonce", Some("any text, 任何 \0"), 200, FINE),
    ("Timestamp", None, 400, "MissingTimestamp"),
    ("Timestamp", Some(""), 400, "MissingTimestamp"),
    (
        "Timestamp",
        Some("2026-01-02T03:04:05"),
        400,
        "InvalidTimeStamp.Format",
    ),
    (
        "Timestamp",
        Some("2026-01-02T03:04:05+00:00"),
        400,
        "InvalidTimeStamp.Format",
    ),
    (
        "Timestamp",
        Some("2026-13-02T03:04:05Z"),
        400,
        "InvalidTimeStamp.Format",
    ),
    (
        "Timestamp",
        Some("1767323045"),
        400,
        "InvalidTimeStamp.Format",
    ),
    (
        "Timestamp",
        Some("2026-01-02T02:49:04Z"),
        400,
        "InvalidTimeStamp.Expired",
    ),
    (
        "Timestamp",
        Some("2026-01-02T03:19:06Z"),
        400,
        "InvalidTimeStamp.Expired",
    ),
    (
        "Timestamp",
        Some("9999-12-31T23:59:59Z"),
        400,
        "InvalidTimeStamp.Expired",
    ),
    ("Format", None, 200, FINE),
    ("Format", Some(""), 200, FINE),
    ("Format", Some("xml"), 200, FINE),
    ("Format", Some("html"), 400, "InvalidParameter.Format"),
    // Signed and without effect.
    ("RegionId", Some("cn-hangzhou"), 200, FINE),
    ("SecurityToken", Some(""), 200, FINE),
    ("SecurityToken", Some("CAIS+/=="), 200, FINE),
    ("BearerToken", Some("token"), 200, FINE),
    ("TimeStamp", Some("spelt as on some pages"), 200, FINE),
];

#[tokio::test]
async fn v1() {
    let plane = Plane::new().await;
    for (name, value, status, code) in V1 {
        let mut params = v1_params(OWNER, "DescribeSignatures", &[], &plane.nonce());
        set(&mut params, name, *value);
        let answer = plane
            .send(v1_get(&sign_v1("GET", params, OWNER.secret)))
            .await;
        assert_eq!(
            answer.code(),
            (*status, (*code).to_owned()),
            "{name} {value:?}"
        );
    }
}

/// The signature itself, and each name twice.
#[tokio::test]
async fn v1_signature_and_repetition() {
    let plane = Plane::new().await;
    for (signature, code) in [
        (None, "MissingSignature"),
        (Some(""), "MissingSignature"),
        (Some("not Base64!"), "SignatureDoesNotMatch"),
        (Some("AAAA"), "SignatureDoesNotMatch"),
        (Some("\0é"), "SignatureDoesNotMatch"),
    ] {
        let params = v1_params(OWNER, "DescribeSignatures", &[], &plane.nonce());
        let mut params = sign_v1("GET", params, OWNER.secret);
        set(&mut params, "Signature", signature);
        let answer = plane.send(v1_get(&params)).await;
        assert_eq!(answer.code(), (400, code.to_owned()), "{signature:?}");
    }
    let params = v1_params(OWNER, "DescribeSignatures", &[], &plane.nonce());
    let params = sign_v1("GET", params, OWNER.secret);
    for (name, value) in &params {
        let mut twice = params.clone();
        twice.push((name.clone(), value.clone()));
        let answer = plane.send(v1_get(&twice)).await;
        assert_eq!(answer.code(), (400, format!("Repeated{name}")));
    }
}

/// Changed after the call was signed.
const V3_HEADERS: &[Case] = &[
    ("authorization", None, 400, "IncompleteSignature"),
    (
        "authorization",
        Some("ACS3-HMAC-SHA256"),
        400,
        "IncompleteSignature",
    ),
    (
        "authorization",
        Some("ACS3-HMAC-SHA256 "),
        400,
        "IncompleteSignature",
    ),
    (
        "authorization",
        Some("ACS3-HMAC-SHA256 Credential=testAccessKeyId,SignedHeaders=host,Signature=zz"),
        400,
        "IncompleteSignature",
    ),
    (
        "authorization",
        Some("ACS3-HMAC-SM3 x"),
        400,
        "InvalidSignatureMethod",
    ),
    (
        "authorization",
        Some("ACS3-RSA-SHA256 x"),
        400,
        "InvalidSignatureMethod",
    ),
    // Another scheme says nothing here, and the call is not signed.
    (
        "authorization",
        Some("Bearer token"),
        400,
        "IncompleteSignature",
    ),
    ("x-acs-action", None, 400, "MissingAction"),
    ("x-acs-action", Some(""), 400, "MissingAction"),
    ("x-acs-action", Some("Nothing"), 404, "InvalidApi.NotFound"),
    ("x-acs-version", None, 400, "MissingVersion"),
    (
        "x-acs-version",
        Some("2014-05-26"),
        404,
        "InvalidApi.NotFound",
    ),
    ("x-acs-date", None, 400, "MissingTimestamp"),
    ("x-acs-date", Some(""), 400, "MissingTimestamp"),
    (
        "x-acs-date",
        Some("Fri, 02 Jan 2026 03:04:05 GMT"),
        400,
        "InvalidTimeStamp.Format",
    ),
    (
        "x-acs-date",
        Some("2026-01-02T02:49:04Z"),
        400,
        "InvalidTimeStamp.Expired",
    ),
    ("x-acs-signature-nonce", None, 400, "MissingSignatureNonce"),
    (
        "x-acs-signature-nonce",
        Some(""),
        400,
        "MissingSignatureNonce",
    ),
    (
        "x-acs-signature-nonce",
        Some("other"),
        400,
        "SignatureDoesNotMatch",
    ),
    ("x-acs-content-sha256", None, 400, "IncompleteSignature"),
    (
        "x-acs-content-sha256",
        Some(""),
        400,
        "SignatureDoesNotMatch",
    ),
    (
        "x-acs-security-token",
        Some("not signed"),
        400,
        "IncompleteSignature",
    ),
    ("accept", Some("*/*"), 200, FINE),
];

fn described(nonce: &str, query: &[(&str, &str)]) -> Request<Body> {
    V3 {
        key: OWNER,
        action: "DescribeSignatures",
        query,
        form: &[],
        nonce,
    }
    .request()
}

#[tokio::test]
async fn v3() {
    let plane = Plane::new().await;
    for (name, value, status, code) in V3_HEADERS {
        let mut request = described(&plane.nonce(), &[]);
        request.headers_mut().remove(*name);
        if let Some(value) = value {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let answer = plane.send(request).await;
        assert_eq!(
            answer.code(),
            (*status, (*code).to_owned()),
            "{name} {value:?}"
        );
    }
    for (name, value, status, code) in [
        ("SignatureType", "", 200, FINE),
        ("SignatureType", "BEARERTOKEN", 400, "InvalidSignatureType"),
        ("Format", "JSON", 200, FINE),
        ("Format", "html", 400, "InvalidParameter.Format"),
        // They are headers in V3, and parameters like any other in the query.
        ("Action", "Nothing", 200, FINE),
        ("Version", "1", 200, FINE),
    ] {
        let answer = plane
            .send(described(&plane.nonce(), &[(name, value)]))
            .await;
        assert_eq!(answer.code(), (status, code.to_owned()), "{name} {value:?}");
    }
    // A bearer token comes in place of a signature.
    let mut bearer = described("b", &[("SignatureType", "BEARERTOKEN")]);
    bearer.headers_mut().remove("authorization");
    bearer
        .headers_mut()
        .insert("x-acs-bearer-token", "t".parse().unwrap());
    assert_eq!(
        plane.send(bearer).await.code(),
        (400, "InvalidSignatureType".to_owned())
    );
}

#[tokio::test]
async fn v3_headers_are_there_once_and_are_text() {
    let plane = Plane::new().await;
    for name in [
        "authorization",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
    ] {
        let mut twice = described(&plane.nonce(), &[]);
        let value = twice.headers()[name].clone();
        twice.headers_mut().append(name, value);
        let mut binary = described(&plane.nonce(), &[]);
        let value = http::HeaderValue::from_bytes(b"\xff").unwrap();
        binary.headers_mut().insert(name, value);
        for request in [twice, binary] {
            assert_eq!(
                plane.send(request).await.code(),
                (400, "IncompleteSignature".to_owned()),
                "{name}"
            );
        }
    }
}
