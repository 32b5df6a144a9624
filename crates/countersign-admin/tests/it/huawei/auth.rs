//! Who is let in: the vectors of request authentication through the real
//! front, the errors of spec 1.7 with their texts, and the lock.

use std::sync::Arc;

use axum::{body::Body, extract::ConnectInfo};
use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_core::{
    AccessKey, AccessKeyId, Account, AccountId, Change, ProjectId, Snapshot, Timestamp,
    command::{Command, Plan, PlanError},
};
use countersign_sign::{Secret, huawei::date::SdkDate};
use http::{HeaderName, HeaderValue, Request};
use serde_json::Value;

use super::support::{V1, signed, v2};
use crate::support::{Answer, FixedStatus, Key, NOW, OWNER, Plane, STRANGER, config};

const FILE: &str = include_str!("../../../../countersign-sign/vectors/huawei-vectors.json");
/// As the vectors' paths have it.
const PROJECT: &str = "73d69ae0cfcf460190522d06b60f05ad";
const INSTANCE: &str = "f0fa17893b76433ba7879892951c620e";

/// An account with this project, and its access keys.
struct Admit {
    project: ProjectId,
    keys: Vec<(String, String)>,
}

impl Command for Admit {
    type Outcome = ();

    fn plan(&self, _: &Snapshot, now: Timestamp) -> Result<Plan<()>, PlanError> {
        let account = AccountId::parse("3003").unwrap();
        let mut changes = vec![Change::PutAccount(Arc::new(Account {
            id: account.clone(),
            project: self.project,
            created: now,
        }))];
        changes.extend(self.keys.iter().map(|(id, secret)| {
            Change::PutAccessKey(Arc::new(AccessKey {
                id: AccessKeyId::parse(id).unwrap(),
                secret: Secret::new(secret.clone()),
                account: account.clone(),
                created: now,
            }))
        }));
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

fn part() -> Value {
    let file: Value = serde_json::from_str(FILE).unwrap();
    file["request_auth"].clone()
}

/// A plane that knows the vectors' callers, project and instance.
async fn plane_of(vectors: &[Value]) -> Plane {
    let mut config = config();
    config.huawei.instance_id = Some(INSTANCE.to_owned());
    let plane = Plane::with(config, FixedStatus(None)).await;
    let text = |vector: &Value, field: &str| vector[field].as_str().unwrap().to_owned();
    let mut keys: Vec<_> = vectors
        .iter()
        .map(|vector| (text(vector, "access_key"), text(vector, "secret_key")))
        .collect();
    keys.sort();
    keys.dedup();
    let project = ProjectId::parse(PROJECT).unwrap();
    let now = Timestamp::from_millis(NOW * 1000);
    plane
        .store
        .execute(Admit { project, keys }, now)
        .await
        .unwrap();
    plane
}

fn request(vector: &Value) -> Request<Body> {
    let text = |field: &str| vector[field].as_str();
    let body = match (text("body_utf8"), text("body_base64")) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, base64) => STANDARD.decode(base64.unwrap()).unwrap(),
    };
    let mut request = Request::builder()
        .method(text("method").unwrap())
        .uri(text("request_target").unwrap())
        .body(Body::from(body))
        .unwrap();
    for header in vector["headers"].as_array().unwrap() {
        let name = HeaderName::from_bytes(header[0].as_str().unwrap().as_bytes());
        let value = HeaderValue::from_bytes(header[1].as_str().unwrap().as_bytes());
        request.headers_mut().append(name.unwrap(), value.unwrap());
    }
    request
}

fn unix(date: &str) -> i64 {
    SdkDate::parse(date).unwrap().unix()
}

/// Whether the front of this dialect is what answers to the path, with an
/// operation.
fn is_spoken(vector: &Value) -> bool {
    let target = vector["request_target"].as_str().unwrap();
    target.starts_with("/v2/") || target.starts_with("/v1.0/")
}

fn date_of(vector: &Value) -> &str {
    let headers = vector["headers"].as_array().unwrap();
    let date = headers.iter().find(|header| {
        header[0]
            .as_str()
            .unwrap()
            .eq_ignore_ascii_case("x-sdk-date")
    });
    date.unwrap()[1].as_str().unwrap()
}

#[tokio::test]
async fn every_vector_that_can_be_sent() {
    let part = part();
    let vectors = part["vectors"].as_array().unwrap();
    let sent: Vec<_> = vectors.iter().filter(|vector| is_spoken(vector)).collect();
    assert_eq!((vectors.len(), sent.len()), (33, 16));
    let plane = plane_of(vectors).await;
    let mut shown = String::new();
    for vector in sent {
        let name = vector["name"].as_str().unwrap();
        assert_eq!(vector["expect"], "accept", "{name}");
        plane.set_time(unix(date_of(vector)));
        let answer = plane.send(request(vector)).await;
        assert_ne!(answer.status, 401, "{name}: {answer}");
        // Let in, and carried out or told what of the state forbids it.
        let code = match answer.status.is_success() {
            true => String::new(),
            false => answer.huawei_code().1,
        };
        shown.push_str(&format!("{name}: {} {code}\n", answer.status.as_u16()));
        // The same with another secret is not.
        let mut other = request(vector);
        let header = other.headers()["authorization"].to_str().unwrap();
        let (before, signature) = header.rsplit_once('=').unwrap();
        let turned: String = signature.chars().rev().collect();
        let header = HeaderValue::from_str(&format!("{before}={turned}")).unwrap();
        other.headers_mut().insert("authorization", header);
        assert_eq!(plane.send(other).await.status, 401, "{name}");
    }
    insta::assert_snapshot!(shown);
}

/// The vector with a case's change made.
fn changed(vectors: &[Value], case: &Value) -> Value {
    let base = vectors.iter().find(|own| own["name"] == case["base"]);
    let mut vector = base.unwrap().clone();
    let change = &case["change"];
    for field in ["method", "request_target", "body_utf8"] {
        if let Some(value) = change.get(field) {
            vector[field] = value.clone();
        }
    }
    let headers = vector["headers"].as_array_mut().unwrap();
    let is = |header: &Value, name: &Value| {
        let name = name.as_str().unwrap();
        header[0].as_str().unwrap().eq_ignore_ascii_case(name)
    };
    if let Some(name) = change.get("remove_header") {
        headers.retain(|header| !is(header, name));
    }
    if let Some(set) = change.get("set_header") {
        headers.retain(|header| !is(header, &set[0]));
        headers.push(set.clone());
    }
    if let Some(rename) = change.get("rename_header") {
        for header in headers.iter_mut().filter(|header| is(header, &rename[0])) {
            header[0] = rename[1].clone();
        }
    }
    if change.get("reverse_headers").is_some() {
        headers.reverse();
    }
    vector
}

#[tokio::test]
async fn every_case() {
    let part = part();
    let vectors = part["vectors"].as_array().unwrap();
    let cases = part["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 29);
    let mut shown = String::new();
    for case in cases {
        // A plane for each: failures in a row lock.
        let plane = plane_of(vectors).await;
        let vector = changed(vectors, case);
        let name = case["name"].as_str().unwrap();
        assert!(is_spoken(&vector), "{name}");
        plane.set_time(unix(case["now"].as_str().unwrap()));
        let before = plane.store.snapshot().revision();
        let answer = plane.send(request(&vector)).await;
        let accepted = answer.status != 401 && answer.status != 404;
        assert_eq!(accepted, case["expect"] == "accept", "{name}: {answer}");
        if !accepted {
            assert_eq!(plane.store.snapshot().revision(), before);
            assert_eq!(
                answer.json()["request_id"],
                answer.header("x-request-id").unwrap()
            );
        }
        let message = match answer.status.is_success() {
            true => String::new(),
            false => answer.json()["error_msg"].as_str().unwrap().to_owned(),
        };
        let status = answer.status.as_u16();
        shown.push_str(&format!("{name}: {status} {message}\n"));
        let secret = vector["secret_key"].as_str().unwrap();
        assert!(!answer.body.contains(secret), "{name}");
    }
    insta::assert_snapshot!(shown);
}

fn from(mut request: Request<Body>, peer: &str) -> Request<Body> {
    let peer: std::net::SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

fn list(key: Key, at: i64) -> Request<Body> {
    signed(key, at, "GET", &format!("{V1}signs"), b"")
}

fn text(answer: &Answer) -> String {
    let json = answer.json();
    assert_eq!(answer.huawei_code(), (401, "APIGW.0301".into()), "{answer}");
    let text = json["error_msg"].as_str().unwrap();
    let rest = text.strip_prefix("Incorrect IAM authentication information: ");
    rest.unwrap().to_owned()
}

#[tokio::test]
async fn texts_of_the_front() {
    let plane = Plane::new().await;
    let nobody = Key {
        id: "nobody",
        secret: "x",
    };
    let wrong = Key {
        secret: "wrong",
        ..OWNER
    };
    let unknown = plane.send(list(nobody, NOW)).await;
    assert_eq!(
        text(&unknown),
        "Get secretKey failed,ak:nobody,err:ak not exist"
    );
    let late = plane.send(list(OWNER, NOW - 901)).await;
    assert_eq!(
        text(&late),
        "signature expired, signature time:20260102T024904Z,server time:20260102T030405Z"
    );
    let differs = plane.send(list(wrong, NOW)).await;
    let canonical = "verify aksk signature fail, canonicalRequest:GET|/v1.0/apigw/signs/||";
    assert!(text(&differs).starts_with(canonical), "{differs}");
    let none = Request::get(format!("{V1}signs")).body(Body::empty());
    let none = plane.send(none.unwrap()).await;
    assert_eq!(text(&none), "x-auth-token not found");
    for bad in [
        "",
        "Basic dGVzdDp0ZXN0",
        "SDK-HMAC-SHA256",
        "V11-HMAC-SHA256 Credential=a",
    ] {
        let mut request = list(OWNER, NOW);
        let value = HeaderValue::from_str(bad).unwrap();
        request.headers_mut().insert("authorization", value);
        let refused = plane.send(request).await;
        assert!(
            text(&refused).starts_with("verify aksk signature fail, "),
            "{refused}"
        );
    }
    let mut twice = list(OWNER, NOW);
    let header = twice.headers()["authorization"].clone();
    twice.headers_mut().append("authorization", header);
    let twice = plane.send(twice).await;
    assert!(text(&twice).contains("more than once"), "{twice}");
}

/// The scheme has no nonce: within the window the same bytes come again.
#[tokio::test]
async fn the_same_request_may_come_again() {
    let plane = Plane::new().await;
    for at in [NOW, NOW + 1, NOW + 900] {
        plane.set_time(at);
        assert_eq!(plane.send(list(OWNER, NOW)).await.status, 200);
    }
    plane.set_time(NOW + 901);
    assert_eq!(plane.send(list(OWNER, NOW)).await.status, 401);
}

#[tokio::test]
async fn more_than_five_failures_lock_the_key_at_its_address() {
    let plane = Plane::new().await;
    let (here, there) = ("203.0.113.1:1", "203.0.113.2:1");
    let wrong = Key {
        secret: "wrong",
        ..OWNER
    };
    let fail = async || plane.send(from(list(wrong, plane.unix()), here)).await;
    for _ in 0..5 {
        assert!(text(&fail().await).starts_with("verify aksk"));
    }
    // A success ends the row.
    let fine = async |peer| plane.send(from(list(OWNER, plane.unix()), peer)).await;
    assert_eq!(fine(here).await.status, 200);
    for _ in 0..6 {
        assert!(text(&fail().await).starts_with("verify aksk"));
    }
    let locked = fine(here).await;
    let expected = "AK access failed to reach the limit,forbidden.";
    assert!(text(&locked).starts_with(expected), "{locked}");
    assert_eq!(
        locked.header("x-countersign-error"),
        Some("access_key_locked")
    );
    // Neither another address nor another key is locked.
    assert_eq!(fine(there).await.status, 200);
    let other = plane.send(from(list(STRANGER, NOW), here)).await;
    assert_eq!(other.status, 200);
    plane.wait(299_000);
    assert_eq!(fine(here).await.status, 401);
    plane.wait(1000);
    assert_eq!(fine(here).await.status, 200);
}

/// With both headers the signature counts, right or wrong.
#[tokio::test]
async fn a_signature_goes_before_a_token() {
    let plane = Plane::new().await;
    let wrong = Key {
        secret: "wrong",
        ..OWNER
    };
    for (key, status) in [(OWNER, 200), (wrong, 401)] {
        let mut request = list(key, NOW);
        let token = HeaderValue::from_static("no-token-at-all");
        request.headers_mut().insert("x-auth-token", token);
        assert_eq!(plane.send(request).await.status, status);
    }
}

#[tokio::test]
async fn bodies_outside_of_the_signature() {
    for (allowed, status) in [(true, 201), (false, 401)] {
        let mut config = config();
        config.huawei.allow_unsigned_payload = allowed;
        let plane = Plane::with(config, FixedStatus(None)).await;
        let target = format!("{}signs", v2());
        let headers = [("x-sdk-content-sha256", "UNSIGNED-PAYLOAD")];
        let date = SdkDate::from_unix(NOW);
        let to_sign = countersign_sign::huawei::request_auth::Request {
            method: "POST",
            path: &target,
            query: None,
            headers: &headers,
            body: b"",
        };
        let names = ["x-sdk-date", "x-sdk-content-sha256"];
        let secret = Secret::new(OWNER.secret.to_owned());
        let authorization = countersign_sign::huawei::request_auth::client::sign(
            &to_sign, OWNER.id, &secret, &date, &names,
        );
        let request = Request::post(&target)
            .header("x-sdk-date", date.as_str())
            .header("x-sdk-content-sha256", "UNSIGNED-PAYLOAD")
            .header("authorization", authorization)
            .body(Body::from(r#"{"name":"abc"}"#))
            .unwrap();
        let answer = plane.send(request).await;
        assert_eq!(answer.status, status, "{answer}");
    }
}
