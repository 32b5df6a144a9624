//! Signature keys: what may be given, what is generated, what is told.

use countersign_core::{Scheme, SignatureKey, SignatureKeyId};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    successes::{publish_id, published},
    support::{V1, bases, id, v2, v2_of},
};
use crate::support::{FixedStatus, NOW, Plane, STRANGER, config};

const OK: StatusCode = StatusCode::OK;
const NOBODYS_ID: &str = "0123456789abcdef0123456789abcdef";

fn stored(plane: &Plane, key: &Value) -> SignatureKey {
    let id = SignatureKeyId::parse(&id(key)).unwrap();
    let snapshot = plane.store.snapshot();
    SignatureKey::clone(snapshot.signature_key(id).unwrap())
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

/// What is asked for, in v2, and the field that is told to be wrong; `None`
/// where it will do.
const PAIRS: &[(&str, &str, &str, Option<&str>)] = &[
    ("hmac", "12345678", "1234567890123456", None),
    ("hmac", "1234567", "1234567890123456", Some("sign_key")),
    ("hmac", "12345678", "123456789012345", Some("sign_secret")),
    ("hmac", "a+345678", "1234567890123456", Some("sign_key")),
    ("hmac", "12345678", "1234567890+23456", Some("sign_secret")),
    ("basic", "abcd", "12345678", None),
    ("basic", "1bcd", "12345678", Some("sign_key")),
    ("basic", "abcd", "1234567", Some("sign_secret")),
    ("public_key", "+/345678", "+/3456789012345", None),
    (
        "public_key",
        "=/345678",
        "+/3456789012345",
        Some("sign_key"),
    ),
    (
        "public_key",
        "+/345678",
        "+/345678901234",
        Some("sign_secret"),
    ),
    ("aes", "1234567890123456", "1234567890123456", None),
    (
        "aes",
        "12345678901234567",
        "1234567890123456",
        Some("sign_key"),
    ),
    (
        "aes",
        "1234567890123456",
        "12345678901234567",
        Some("sign_secret"),
    ),
    ("HMAC", "12345678", "1234567890123456", Some("sign_type")),
    ("", "12345678", "1234567890123456", Some("sign_type")),
];

#[tokio::test]
async fn each_type_has_its_rules() {
    let plane = Plane::new().await;
    let target = format!("{}signs", v2());
    for (at, (sign_type, key, secret, wrong)) in PAIRS.iter().enumerate() {
        let body = json!({
            "name": format!("key_{at}"),
            "sign_type": sign_type,
            "sign_key": key,
            "sign_secret": secret,
        });
        let answer = plane.huawei("POST", &target, body).await;
        match wrong {
            None => {
                let made = answer.json();
                assert_eq!(answer.status, 201, "{answer}");
                assert_eq!(made["sign_type"], *sign_type);
                assert_eq!(made["sign_key"], *key);
                assert_eq!(made["sign_secret"], *secret);
            }
            Some(field) => {
                assert_eq!(answer.huawei_code(), (400, "APIG.2011".into()), "{answer}");
                let wanted = format!("parameterName:{field}.");
                assert!(answer.body.contains(&wanted), "{answer}");
                assert!(!answer.body.contains(secret), "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn names() {
    let long = "n".repeat(64);
    let too_long = "n".repeat(65);
    for (name, fine) in [
        ("abc", true),
        (long.as_str(), true),
        ("中文名", true),
        ("a龥b", true),
        ("a\u{9FA6}b", false),
        ("ab", false),
        (too_long.as_str(), false),
        ("1abc", false),
        ("a-bc", false),
        ("abc ", false),
    ] {
        for (version, base) in bases() {
            let plane = Plane::new().await;
            let target = format!("{base}signs");
            let answer = plane.huawei("POST", &target, json!({ "name": name })).await;
            match fine {
                true => assert_eq!(answer.json()["name"], name, "{version}"),
                false => assert_eq!(answer.huawei_code().1, "APIG.2011", "{version} {name}"),
            }
        }
    }
}

#[tokio::test]
async fn ideographs_can_be_kept_out_of_v1() {
    let mut config = config();
    config.huawei.ideographs_in_names = false;
    let plane = Plane::with(config, FixedStatus(None)).await;
    let body = json!({ "name": "中文名" });
    let refused = plane
        .huawei("POST", &format!("{V1}signs"), body.clone())
        .await;
    assert_eq!(refused.huawei_code(), (400, "APIG.2011".into()));
    plane.huawei_key("中文名", json!({})).await;
}

#[tokio::test]
async fn algorithms_are_of_aes_only() {
    let plane = Plane::new().await;
    let target = format!("{}signs", v2());
    for (sign_type, algorithm, told) in [
        ("aes", json!("aes-128-cfb"), Some("aes-128-cfb")),
        ("aes", Value::Null, Some("aes-128-cfb")),
        ("aes", json!("aes-256-cfb"), Some("aes-256-cfb")),
        ("aes", json!("aes-192-cfb"), None),
        ("hmac", json!("aes-128-cfb"), None),
        ("basic", json!(""), None),
    ] {
        let body = json!({
            "name": "algorithm",
            "sign_type": sign_type,
            "sign_algorithm": algorithm,
        });
        let answer = plane.huawei("POST", &target, body).await;
        let made = answer.json();
        let Some(told) = told else {
            assert_eq!(answer.huawei_code().1, "APIG.2011", "{answer}");
            assert!(answer.body.contains("sign_algorithm"));
            continue;
        };
        assert_eq!(made["sign_algorithm"], told);
        let key = format!("{target}/{}", id(&made));
        plane
            .huawei_ok(StatusCode::NO_CONTENT, "DELETE", &key, Value::Null)
            .await;
    }
}

#[tokio::test]
async fn v1_passes_types_over() {
    let plane = Plane::new().await;
    let body = json!({ "name": "abc", "sign_type": "aes", "sign_algorithm": 7 });
    let target = format!("{V1}signs");
    let made = plane
        .huawei_ok(StatusCode::CREATED, "POST", &target, body)
        .await;
    assert_eq!(stored(&plane, &made).active.scheme, Scheme::Huawei);
    for field in ["sign_type", "sign_algorithm"] {
        assert!(made.get(field).is_none(), "{made}");
    }
}

/// Spec 3.3: unlike the other vendor, this one generates what a modify leaves
/// out.
#[tokio::test]
async fn a_modify_generates_what_it_leaves_out() {
    for (version, base) in bases() {
        let plane = Plane::new().await;
        let pair = json!({ "sign_key": "signkeysignkey", "sign_secret": "signsecretsignsecret" });
        let made = plane.huawei_key("before", pair).await;
        let target = format!("{base}signs/{}", id(&made));
        let keep_key = json!({ "name": "after", "sign_key": "signkeysignkey" });
        let kept = plane.huawei_ok(OK, "PUT", &target, keep_key).await;
        assert_eq!(text(&kept, "sign_key"), "signkeysignkey", "{version}");
        assert_ne!(text(&kept, "sign_secret"), "signsecretsignsecret");
        let anew = json!({ "name": "after", "sign_key": null });
        let anew = plane.huawei_ok(OK, "PUT", &target, anew).await;
        for field in ["sign_key", "sign_secret"] {
            let value = text(&anew, field);
            let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            assert!(value.len() == 32 && value.bytes().all(is_hex), "{value}");
            assert_ne!(value, text(&kept, field));
        }
        let active = stored(&plane, &made).active;
        assert_eq!(active.sign_key.as_str(), text(&anew, "sign_key"));
        let secret = active.sign_secret.secret();
        assert_eq!(secret.expose(), text(&anew, "sign_secret"));
        assert_eq!(active.number.number(), 3);
    }
}

#[tokio::test]
async fn half_a_key_pair_is_refused() {
    let plane = Plane::new().await;
    let target = format!("{}signs", v2());
    for (given, missing) in [("sign_key", "sign_secret"), ("sign_secret", "sign_key")] {
        let mut body = json!({ "name": "halved", "sign_type": "public_key" });
        body[given] = "A".repeat(44).into();
        let answer = plane.huawei("POST", &target, body).await;
        assert_eq!(answer.huawei_code(), (400, "APIG.2001".into()));
        let wanted = format!("parameterName:{missing}");
        assert!(answer.body.contains(&wanted), "{answer}");
    }
}

/// A key of another dialect goes on signing in that dialect's form while it is
/// of hmac, and loses it with its type.
#[tokio::test]
async fn a_modify_keeps_the_form_that_signs() {
    for (_, base) in bases() {
        let plane = Plane::new().await;
        let key = plane.signature("alibabas").await;
        let target = format!("{base}signs/{key}");
        let body = json!({ "name": "huaweis" });
        let changed = plane.huawei_ok(OK, "PUT", &target, body.clone()).await;
        assert_eq!(stored(&plane, &changed).active.scheme, Scheme::Alibaba);
        let basic = json!({ "name": "huaweis", "sign_type": "basic" });
        let target_v2 = format!("{}signs/{key}", v2());
        let changed = plane.huawei_ok(OK, "PUT", &target_v2, basic).await;
        assert_eq!(stored(&plane, &changed).active.scheme, Scheme::Basic);
        // Without a type it is of hmac, in this vendor's form.
        let changed = plane.huawei_ok(OK, "PUT", &target, body).await;
        assert_eq!(stored(&plane, &changed).active.scheme, Scheme::Huawei);
    }
}

/// A pair that this dialect could not have made is shown as it is.
#[tokio::test]
async fn keys_of_another_dialect_are_shown() {
    let plane = Plane::new().await;
    let params = [
        ("SignatureName", "name"),
        ("SignatureKey", "shortK"),
        ("SignatureSecret", "tiny*1"),
    ];
    let key = plane.make("CreateSignature", &params, "SignatureId").await;
    for (_, base) in bases() {
        let target = format!("{base}signs?id={key}");
        let listed = plane.huawei_ok(OK, "GET", &target, Value::Null).await;
        assert_eq!(listed["total"], 1);
        let shown = &listed["signs"][0];
        assert_eq!(text(shown, "sign_key"), "shortK");
        assert_eq!(text(shown, "sign_secret"), "tiny*1");
    }
    let made = plane.huawei_key("中文密钥", json!({})).await;
    let filter = [("SignatureId", text(&made, "id"))];
    let listed = plane.call("DescribeSignatures", &filter).await;
    assert!(listed.body.contains("中文密钥"), "{listed}");
}

#[tokio::test]
async fn names_are_unique() {
    let plane = Plane::new().await;
    let target = format!("{}signs", v2());
    let body = json!({ "name": "taken" });
    let first = plane
        .huawei_ok(StatusCode::CREATED, "POST", &target, body.clone())
        .await;
    let taken = (400, "APIG.3207".to_owned());
    let again = plane.huawei("POST", &target, body.clone()).await;
    assert_eq!(again.huawei_code(), taken);
    let v1 = plane
        .huawei("POST", &format!("{V1}signs"), body.clone())
        .await;
    assert_eq!(v1.huawei_code(), taken);
    let other = plane.huawei_key("other", json!({})).await;
    let other = format!("{target}/{}", id(&other));
    let renamed = plane.huawei("PUT", &other, body.clone()).await;
    assert_eq!(renamed.huawei_code(), taken);
    let own = format!("{target}/{}", id(&first));
    plane.huawei_ok(OK, "PUT", &own, body.clone()).await;
    let strangers = format!("{}signs", v2_of(&plane, "2002"));
    let elsewhere = plane.huawei_as(STRANGER, "POST", &strangers, body).await;
    assert_eq!(elsewhere.status, 201);
}

#[tokio::test]
async fn the_quota_is_configured() {
    let mut config = config();
    config.huawei.signature_keys_max = 2;
    let plane = Plane::with(config, FixedStatus(None)).await;
    plane.signature("name_1").await;
    plane.huawei_key("name_2", json!({})).await;
    let more = json!({ "name": "name_3" });
    let answer = plane.huawei("POST", &format!("{V1}signs"), more).await;
    assert_eq!(answer.huawei_code(), (403, "APIG.3105".into()));
}

#[tokio::test]
async fn times_have_the_vendors_digits() {
    for (version, base) in bases() {
        let plane = Plane::new().await;
        plane.wait_nanos(39_953_100);
        let target = format!("{base}signs");
        let body = json!({ "name": "abc" });
        let made = plane
            .huawei_ok(StatusCode::CREATED, "POST", &target, body.clone())
            .await;
        assert_eq!(made["create_time"], "2026-01-02T03:04:05.0399531Z");
        assert_eq!(made["update_time"], made["create_time"]);
        let list = async || {
            let listed = plane.huawei_ok(OK, "GET", &target, Value::Null).await;
            listed["signs"][0].clone()
        };
        let listed = list().await;
        assert_eq!(listed["create_time"], "2026-01-02T03:04:05Z");
        assert_eq!(listed["update_time"], "2026-01-02T03:04:05Z");
        plane.wait_nanos(2_000_000_012);
        let key = format!("{target}/{}", id(&made));
        let changed = plane.huawei_ok(OK, "PUT", &key, body).await;
        let created = match version {
            "v1.0" => "2026-01-02T03:04:05.0399531Z",
            _ => "2026-01-02T03:04:05Z",
        };
        assert_eq!(changed["create_time"], created);
        assert_eq!(changed["update_time"], "2026-01-02T03:04:07.039953112Z");
        let listed = list().await;
        assert_eq!(listed["create_time"], "2026-01-02T03:04:05Z");
        assert_eq!(listed["update_time"], "2026-01-02T03:04:07.039953Z");
    }
}

#[tokio::test]
async fn lists_are_paged_newest_first() {
    let plane = Plane::new().await;
    for at in 0..25 {
        plane.huawei_key(&format!("key_{at:02}"), json!({})).await;
    }
    let names = |listed: &Value| -> Vec<String> {
        let signs = listed["signs"].as_array().unwrap();
        assert_eq!(listed["size"], signs.len());
        signs
            .iter()
            .map(|key| text(key, "name").to_owned())
            .collect()
    };
    let newest = |range: std::ops::Range<usize>| -> Vec<String> {
        range.map(|at| format!("key_{:02}", 24 - at)).collect()
    };
    let (v1, v2) = (format!("{V1}signs"), format!("{}signs", v2()));
    for (target, total, wanted) in [
        (v1.clone(), 25, newest(0..20)),
        (format!("{v1}?page_no=2"), 25, newest(20..25)),
        (format!("{v1}?page_no=0&page_size=3"), 25, newest(0..3)),
        (format!("{v1}?page_no=-1&page_size=-1"), 25, newest(0..20)),
        (format!("{v1}?page_no=2&page_size=501"), 25, vec![]),
        (
            format!("{v1}?page_size=99999999999999999999"),
            25,
            newest(0..25),
        ),
        (format!("{v1}?offset=3&limit=1"), 25, newest(0..20)),
        (v2.clone(), 25, newest(0..20)),
        (format!("{v2}?offset=3&limit=2"), 25, newest(3..5)),
        (format!("{v2}?offset=-3&limit=0"), 25, newest(0..20)),
        (format!("{v2}?limit=-7"), 25, newest(0..20)),
        (format!("{v2}?limit=600"), 25, newest(0..25)),
        (format!("{v2}?offset=25"), 25, vec![]),
        (format!("{v2}?offset="), 25, newest(0..20)),
        (format!("{v2}?name=key_1"), 10, newest(5..15)),
        (format!("{v2}?name=KEY_1"), 0, vec![]),
        (format!("{v2}?name=key_1&precise_search=name"), 0, vec![]),
        (
            format!("{v2}?name=key_11&precise_search=id,name"),
            1,
            newest(13..14),
        ),
        (format!("{v1}?name=y_24&limit=0"), 1, newest(0..1)),
        (format!("{v2}?id={NOBODYS_ID}"), 0, vec![]),
        (format!("{v2}?id=%00"), 0, vec![]),
    ] {
        let listed = plane.huawei_ok(OK, "GET", &target, Value::Null).await;
        assert_eq!(names(&listed), wanted, "{target}");
        assert_eq!(listed["total"], total, "{target}");
    }
    for wrong in ["limit=x", "offset=1.5", "limit=%2B", "offset=1&offset=2"] {
        let answer = plane
            .huawei("GET", &format!("{v2}?{wrong}"), Value::Null)
            .await;
        assert_eq!(answer.huawei_code(), (400, "APIG.2012".into()), "{wrong}");
    }
}

#[tokio::test]
async fn a_delete_unbinds_or_is_refused() {
    for refuse in [false, true] {
        let mut config = config();
        config.huawei.refuse_delete_of_bound = refuse;
        let plane = Plane::with(config, FixedStatus(None)).await;
        let api = published(&plane, "theApi", "/a", &["RELEASE"]).await;
        let key = id(&plane.huawei_key("bound", json!({})).await);
        let bind = json!({ "sign_id": key, "publish_ids": [publish_id(&api, "RELEASE")] });
        let target = format!("{}sign-bindings", v2());
        plane
            .huawei_ok(StatusCode::CREATED, "POST", &target, bind)
            .await;
        let target = format!("{}signs/{key}", v2());
        let deleted = plane.huawei("DELETE", &target, Value::Null).await;
        let bindings = plane.store.snapshot();
        let api = countersign_core::ApiId::parse(&api).unwrap();
        let bindings = bindings.bindings_of_api(api).count();
        match refuse {
            true => {
                assert_eq!(deleted.huawei_code(), (409, "APIG.3499".into()));
                assert_eq!(bindings, 1);
            }
            false => {
                assert_eq!((deleted.status.as_u16(), deleted.body.as_str()), (204, ""));
                assert_eq!(bindings, 0);
                let again = plane.huawei("DELETE", &target, Value::Null).await;
                assert_eq!(again.huawei_code(), (404, "APIG.3017".into()));
            }
        }
    }
}

#[tokio::test]
async fn what_is_absent_is_told_with_its_id() {
    let plane = Plane::new().await;
    let long = "x".repeat(200);
    for (_, base) in bases() {
        for (method, body) in [("PUT", json!({ "name": "abc" })), ("DELETE", Value::Null)] {
            for (sent, told) in [
                (NOBODYS_ID, NOBODYS_ID),
                ("a%2Fb", "a/b"),
                ("a/", "a"),
                ("%E4%B8%AD", "中"),
                (long.as_str(), &long[..64]),
            ] {
                let target = format!("{base}signs/{sent}");
                let answer = plane.huawei(method, &target, body.clone()).await;
                assert_eq!(answer.huawei_code(), (404, "APIG.3017".into()), "{answer}");
                let wanted = format!("Signature key {told} does not exist");
                assert_eq!(answer.json()["error_msg"], wanted.as_str());
            }
        }
    }
    assert_eq!(plane.unix(), NOW);
}
