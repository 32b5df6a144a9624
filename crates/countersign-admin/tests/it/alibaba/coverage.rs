//! Every operation there is, tried by callers who may not. The list is the
//! table of operations itself, so that a new one is tried too.

use axum::body::Body;
use countersign_admin::ALIBABA_OPERATIONS;
use http::Request;

use crate::support::{HOST, Key, OWNER, Plane, V3, encode, set, sign_v1, v1_get, v1_params};

const WRONG: Key = Key {
    id: OWNER.id,
    secret: "notTheSecret",
};
const UNKNOWN: Key = Key {
    id: "nobodysAccessKeyId",
    secret: "x",
};

#[tokio::test]
async fn nothing_without_a_signature() {
    let plane = Plane::new().await;
    for action in ALIBABA_OPERATIONS {
        let params = [("Action", *action), ("Version", "2016-07-14")];
        let bare = Request::get(format!("/?{}", encode(&params)))
            .header("host", HOST)
            .body(Body::empty())
            .unwrap();
        assert_eq!(
            plane.send(bare).await.code(),
            (400, "MissingAccessKeyId".to_owned()),
            "{action}"
        );

        let unsigned = v1_params(OWNER, action, &[], &plane.nonce());
        assert_eq!(
            plane.send(v1_get(&unsigned)).await.code(),
            (400, "MissingSignature".to_owned()),
            "{action}"
        );

        let mut request = V3 {
            key: OWNER,
            action,
            query: &[],
            form: &[],
            nonce: &plane.nonce(),
        }
        .request();
        request.headers_mut().remove("authorization");
        assert_eq!(
            plane.send(request).await.code(),
            (400, "IncompleteSignature".to_owned()),
            "{action}"
        );
    }
}

#[tokio::test]
async fn nothing_with_a_wrong_secret_or_key() {
    let plane = Plane::new().await;
    let before = plane.store.snapshot().revision();
    for action in ALIBABA_OPERATIONS {
        for (key, code) in [
            (WRONG, (400, "SignatureDoesNotMatch")),
            (UNKNOWN, (404, "InvalidAccessKeyId.NotFound")),
        ] {
            let code = (code.0, code.1.to_owned());
            assert_eq!(
                plane.call_as(key, action, &[]).await.code(),
                code,
                "{action}"
            );
            let request = V3 {
                key,
                action,
                query: &[],
                form: &[],
                nonce: &plane.nonce(),
            }
            .request();
            assert_eq!(plane.send(request).await.code(), code, "{action}");
        }
        let mut expired = v1_params(OWNER, action, &[], &plane.nonce());
        set(&mut expired, "Timestamp", Some("2026-01-02T02:49:04Z"));
        let answer = plane
            .send(v1_get(&sign_v1("GET", expired, OWNER.secret)))
            .await;
        assert_eq!(
            answer.code(),
            (400, "InvalidTimeStamp.Expired".to_owned()),
            "{action}"
        );
    }
    assert_eq!(plane.store.snapshot().revision(), before);
}

#[tokio::test]
async fn nothing_else_is_an_operation() {
    let plane = Plane::new().await;
    for action in ["DescribeRegions", "CreateApp", "createApiGroup", "x"] {
        assert_eq!(
            plane.call(action, &[]).await.code(),
            (404, "InvalidApi.NotFound".to_owned()),
            "{action}"
        );
    }
}
