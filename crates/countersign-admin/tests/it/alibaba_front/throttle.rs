//! Fifty calls a second for each user and operation.

use crate::support::{
    FixedStatus, Key, OWNER, Plane, STRANGER, V3, config, sign_v1, v1_get, v1_params,
};

async fn limited(requests_per_second: u32) -> Plane {
    let mut config = config();
    config.requests_per_second = requests_per_second;
    Plane::with(config, FixedStatus(None)).await
}

#[tokio::test]
async fn the_call_after_the_last_is_told_how_long_to_wait() {
    let plane = limited(50).await;
    for _ in 0..50 {
        assert_eq!(plane.call("DescribeSignatures", &[]).await.status, 200);
    }
    let refused = plane.call("DescribeSignatures", &[]).await;
    assert_eq!(refused.header("x-acs-retry-after"), Some("20"));
    insta::assert_snapshot!(refused, @r#"
    400 Bad Request
    x-countersign-error: too_many_requests
    {
      "Code": "Throttling.User",
      "HostId": "127.0.0.1:18080",
      "Message": "Request was denied due to user flow control.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=Throttling.User&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);

    // Nobody else and nothing else is held up.
    assert_eq!(plane.call("DescribeApis", &[]).await.status, 200);
    let other = plane.call_as(STRANGER, "DescribeSignatures", &[]).await;
    assert_eq!(other.status, 200);

    // Just too early, then just in time, for one call.
    plane.wait(19);
    let early = plane.call("DescribeSignatures", &[]).await;
    assert_eq!(early.header("x-acs-retry-after"), Some("1"));
    plane.wait(1);
    assert_eq!(plane.call("DescribeSignatures", &[]).await.status, 200);
    let again = plane.call("DescribeSignatures", &[]).await;
    assert_eq!(again.code(), (400, "Throttling.User".to_owned()));
    // After a second of rest all fifty are there again.
    plane.wait(1000);
    for _ in 0..50 {
        assert_eq!(plane.call("DescribeSignatures", &[]).await.status, 200);
    }
}

#[tokio::test]
async fn nothing_else_says_when_to_come_again() {
    let plane = limited(50).await;
    for (action, key) in [
        ("Nothing", OWNER),
        ("DeleteSignature", OWNER),
        (
            "DescribeSignatures",
            Key {
                secret: "x",
                ..OWNER
            },
        ),
    ] {
        let answer = plane.call_as(key, action, &[]).await;
        assert!(answer.header("x-countersign-error").is_some(), "{answer}");
        assert_eq!(answer.header("x-acs-retry-after"), None);
    }
}

#[tokio::test]
async fn who_is_not_let_in_uses_up_no_calls() {
    let plane = limited(1).await;
    let wrong = Key {
        secret: "wrong",
        ..OWNER
    };
    for _ in 0..3 {
        let answer = plane.call_as(wrong, "DescribeSignatures", &[]).await;
        assert_eq!(answer.code().1, "SignatureDoesNotMatch");
    }
    let once = |nonce| {
        let params = v1_params(OWNER, "DescribeSignatures", &[], nonce);
        v1_get(&sign_v1("GET", params, OWNER.secret))
    };
    assert_eq!(plane.send(once("once")).await.status, 200);
    // A call that is sent again is no call; it says so, whatever the limit.
    assert_eq!(
        plane.send(once("once")).await.code().1,
        "SignatureNonceUsed"
    );
    assert_eq!(plane.send(once("twice")).await.code().1, "Throttling.User");
}

#[tokio::test]
async fn both_schemes_count_together() {
    let plane = limited(1).await;
    assert_eq!(plane.call("DescribeSignatures", &[]).await.status, 200);
    let v3 = V3 {
        key: OWNER,
        action: "DescribeSignatures",
        query: &[],
        form: &[],
        nonce: "v3",
    };
    let answer = plane.send(v3.request()).await;
    assert_eq!(answer.code().1, "Throttling.User");
    assert_eq!(answer.header("x-acs-retry-after"), Some("1000"));
}
