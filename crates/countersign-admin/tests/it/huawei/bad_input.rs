//! Every field of every operation, in both versions, fed with values that will
//! not do. After each, nothing has changed and nothing of the value is told.

use countersign_admin::{HuaweiOperation, huawei_operations};
use serde_json::{Value, json};

use super::{
    operations::{Kind, Row, State},
    support::{V1, v2},
};
use crate::support::{Answer, PROJECT, Plane};

/// Stands in every bad value, and in no answer.
const PLANTED: &str = "Planted7";
/// What is replaced by bytes.
const MARK: &str = "\"@@@\"";

/// One operation in one version, on a plane of its own.
struct Tried {
    plane: Plane,
    operation: HuaweiOperation,
    name: String,
    /// With `{}` for the id.
    path: String,
    row: Row,
}

/// Every operation in each version that has it.
async fn every_operation() -> Vec<Tried> {
    let mut all = Vec::new();
    for operation in huawei_operations() {
        for (version, path) in [("v1.0", operation.v1), ("v2", operation.v2)] {
            let Some(path) = path else {
                continue;
            };
            let base = match (version, operation.above_instances) {
                ("v1.0", _) => V1.to_owned(),
                (_, true) => format!("/v2/{PROJECT}/apigw/"),
                (_, false) => v2(),
            };
            let plane = Plane::new().await;
            let state = State::new(&plane).await;
            let row = state.row(operation.name);
            all.push(Tried {
                row: row.unwrap_or_else(|| panic!("{} has no row", operation.name)),
                name: format!("{} in {version}", operation.name),
                path: format!("{base}{path}"),
                operation: operation.clone(),
                plane,
            });
        }
    }
    all
}

impl Tried {
    fn target(&self, id: &str, query: &str) -> String {
        let path = self.path.replace("{}", id);
        match query {
            "" => path,
            query => format!("{path}?{query}"),
        }
    }

    fn body(&self) -> Vec<u8> {
        match &self.row.body {
            Value::Null => Vec::new(),
            body => body.to_string().into_bytes(),
        }
    }

    async fn send(&self, target: &str, body: &[u8]) -> Answer {
        let before = self.plane.store.snapshot().revision();
        let method = self.operation.method.as_str();
        let answer = self.plane.huawei_bytes(method, target, body).await;
        let name = &self.name;
        assert_eq!(
            self.plane.store.snapshot().revision(),
            before,
            "{name}: {answer}"
        );
        assert!(answer.header("x-request-id").is_some(), "{name}");
        answer
    }

    /// Sends a bad body, which has to be refused.
    async fn refused(&self, body: &[u8]) -> Answer {
        let target = self.target(&self.row.id, &self.row.query);
        let answer = self.send(&target, body).await;
        assert!(answer.status.is_client_error(), "{}: {answer}", self.name);
        assert!(answer.status != 401 && answer.status != 403, "{answer}");
        assert!(!answer.body.contains(PLANTED), "{}: {answer}", self.name);
        assert!(answer.json()["error_msg"].is_string());
        answer
    }

    /// That the call itself is fine, so that only what was bad was refused.
    async fn succeeds(&self) {
        let target = self.target(&self.row.id, &self.row.query);
        let method = self.operation.method.as_str();
        let answer = self.plane.huawei_bytes(method, &target, &self.body()).await;
        assert!(answer.status.is_success(), "{}: {answer}", self.name);
    }

    /// The body with this in a field.
    fn with(&self, pointer: &str, value: Value) -> Value {
        let mut body = self.row.body.clone();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap();
        parent[field] = value;
        body
    }

    /// The body with these bytes for a field's value.
    fn with_bytes(&self, pointer: &str, bytes: &[u8]) -> Vec<u8> {
        let text = self.with(pointer, json!("@@@")).to_string();
        let (before, after) = text.split_once(MARK).unwrap();
        [before.as_bytes(), bytes, after.as_bytes()].concat()
    }
}

/// Values of another type than a field's, and none for one that has to be there.
fn of_other_types(kind: Kind) -> Vec<Value> {
    let text = json!(PLANTED);
    let mut others = vec![
        json!({ PLANTED: 1 }),
        json!([PLANTED]),
        json!([[]]),
        json!([7, null]),
    ];
    match kind {
        Kind::Text | Kind::Required => {
            others.extend([json!(7), json!(-1.5), json!(true), json!({}), json!([])]);
        }
        Kind::Number => others.extend([text, json!(1.5), json!(true), json!({}), json!(1e300)]),
        Kind::Flag => others.extend([text, json!(1), json!({}), json!([])]),
        Kind::Texts => {
            others.retain(|other| *other != json!([PLANTED]));
            others.extend([text, json!(7), json!(false), json!({})]);
        }
        Kind::Objects => others.extend([text, json!(7), json!(false), json!({})]),
        Kind::Object => others.extend([text, json!(7), json!(false), json!([])]),
    }
    if kind == Kind::Object {
        others.retain(|other| !other.is_object());
    }
    if kind == Kind::Required {
        others.extend([Value::Null, json!("")]);
    }
    others
}

#[tokio::test]
async fn other_types() {
    for tried in every_operation().await {
        for (pointer, kind) in &tried.row.fields {
            for value in of_other_types(*kind) {
                let body = tried.with(pointer, value.clone()).to_string();
                let answer = tried.refused(body.as_bytes()).await;
                let name = &tried.name;
                assert_eq!(answer.status, 400, "{name} {pointer} {value}: {answer}");
            }
        }
        tried.succeeds().await;
    }
}

/// Bytes that are no JSON, wherever a value may stand.
#[tokio::test]
async fn broken_json() {
    let broken = (400, "APIG.2000".to_owned());
    let deep = format!("{}\"{PLANTED}\"", "[".repeat(300));
    let objects = format!("{}1", "{\"a\":".repeat(300));
    let lone = format!("\"{PLANTED}\\ud800\"");
    let twice = |pointer: &str| {
        let field = pointer.rsplit('/').next().unwrap();
        format!("\"{PLANTED}\",\"{field}\":\"{PLANTED}\"")
    };
    for tried in every_operation().await {
        for (pointer, _) in &tried.row.fields {
            let twice = twice(pointer);
            for bytes in [
                lone.as_bytes(),
                b"\"Planted7\xff\"",
                b"\"Planted7\xed\xa0\x80\"",
                b"\"Planted7\x00\"",
                b"Planted7",
                b"'Planted7'",
                b"01",
                b"NaN",
                b"",
                deep.as_bytes(),
                objects.as_bytes(),
                twice.as_bytes(),
            ] {
                let body = tried.with_bytes(pointer, bytes);
                let answer = tried.refused(&body).await;
                let shown = String::from_utf8_lossy(bytes);
                assert_eq!(
                    answer.huawei_code(),
                    broken,
                    "{} {pointer} {shown}",
                    tried.name
                );
            }
        }
        let body = tried.body();
        if body.is_empty() {
            continue;
        }
        for end in (0..body.len()).step_by(7).chain([body.len() - 1]) {
            let answer = tried.refused(&body[..end]).await;
            assert_eq!(answer.huawei_code(), broken, "{}", tried.name);
        }
        for other in [
            "[]",
            "null",
            "7",
            "\"Planted7\"",
            "{} {}",
            "{}x",
            "\u{feff}{}",
        ] {
            let answer = tried.refused(other.as_bytes()).await;
            assert_eq!(answer.huawei_code(), broken, "{} {other}", tried.name);
        }
    }
}

/// Texts of almost the largest body, and one beyond it. Of an id that names
/// nothing, 64 characters are told.
#[tokio::test]
async fn endless_texts() {
    let long = PLANTED.repeat(1_000_000 / PLANTED.len());
    let beyond = json!({ "name": "x".repeat(1024 * 1024) }).to_string();
    for tried in every_operation().await {
        let target = tried.target(&tried.row.id, &tried.row.query);
        for (pointer, kind) in &tried.row.fields {
            let value = match kind {
                Kind::Texts => json!([long]),
                _ => json!(long),
            };
            let body = tried.with(pointer, value).to_string();
            let answer = tried.send(&target, body.as_bytes()).await;
            let name = &tried.name;
            // A batch tells of each API for itself.
            let is_told_apart = *pointer == "/apis";
            assert!(is_told_apart || answer.status.is_client_error(), "{name}");
            assert!(answer.body.len() < 1000, "{name} {pointer}");
        }
        if !tried.row.body.is_null() {
            let answer = tried.refused(beyond.as_bytes()).await;
            assert_eq!(answer.huawei_code(), (413, "APIGW.0201".into()));
        }
    }
}

/// They are passed over, whatever is in them.
#[tokio::test]
async fn unknown_fields() {
    for tried in every_operation().await {
        if tried.row.body.is_null() {
            continue;
        }
        for (pointer, kind) in &tried.row.fields {
            if *kind != Kind::Required {
                continue;
            }
            let bad = tried.with(pointer, json!(7));
            let plain = tried.refused(bad.to_string().as_bytes()).await;
            let mut beside = bad;
            beside["unknown"] = json!({ "deep": [PLANTED, null, 1.5, {}] });
            beside[""] = json!(PLANTED);
            let answer = tried.refused(beside.to_string().as_bytes()).await;
            assert_eq!(answer.json()["error_msg"], plain.json()["error_msg"]);
        }
        let mut body = tried.row.body.clone();
        body["unknown"] = json!({ "deep": [PLANTED, null, 1.5, {}] });
        let target = tried.target(&tried.row.id, &tried.row.query);
        let body = body.to_string();
        let method = tried.operation.method.as_str();
        let answer = tried
            .plane
            .huawei_bytes(method, &target, body.as_bytes())
            .await;
        assert!(answer.status.is_success(), "{}: {answer}", tried.name);
        assert!(!answer.body.contains(PLANTED), "{answer}");
    }
}

#[tokio::test]
async fn ids_that_name_nothing() {
    let long = "a".repeat(5000);
    for tried in every_operation().await {
        if !tried.path.contains("{}") {
            continue;
        }
        for id in [
            "0123456789abcdef0123456789abcdef",
            "0123456789ABCDEF0123456789ABCDEF",
            "123",
            "a%2Fb",
            "%2E%2E",
            "%00",
            "%FF%FE",
            "%E4%B8%AD",
            "+",
            "{}",
            long.as_str(),
        ] {
            let Ok(_) = tried.target(id, "").parse::<http::Uri>() else {
                continue;
            };
            let target = tried.target(id, &tried.row.query);
            let answer = tried.send(&target, &tried.body()).await;
            assert_eq!(answer.status, 404, "{} {id}: {answer}", tried.name);
            let code = answer.huawei_code().1;
            assert!(code.starts_with("APIG.30"), "{} {id}: {answer}", tried.name);
        }
        tried.succeeds().await;
    }
}

#[tokio::test]
async fn bad_queries() {
    let wrong = (400, "APIG.2012".to_owned());
    let long = "x".repeat(8000);
    for tried in every_operation().await {
        let query = |name: &str, value: &str| {
            let own = tried.row.query.as_str();
            let others = own.split('&').filter(|pair| !pair.starts_with(name));
            let mut pairs: Vec<_> = others.map(ToOwned::to_owned).collect();
            pairs.retain(|pair| !pair.is_empty());
            pairs.push(format!("{name}={value}"));
            tried.target(&tried.row.id, &pairs.join("&"))
        };
        for name in &tried.row.required {
            for value in ["", "&other=1"] {
                let answer = tried.send(&query(name, value), &tried.body()).await;
                assert_eq!(answer.huawei_code(), (400, "APIG.2001".into()), "{answer}");
            }
            for value in ["Planted7", "%00", "%FF", "%", &long] {
                let answer = tried.send(&query(name, value), &tried.body()).await;
                assert!(answer.status.is_client_error(), "{} {answer}", tried.name);
                assert!(!answer.body.contains(&long[..100]), "cut");
            }
        }
        for name in &tried.row.filters {
            for value in [
                "",
                "Planted7",
                "1%00Planted7",
                "%FF",
                "%",
                "%E4%B8%AD",
                &long,
            ] {
                let answer = tried.send(&query(name, value), &tried.body()).await;
                assert_eq!(answer.status, 200, "{} {name}={value} {answer}", tried.name);
            }
        }
        for name in tried.row.filters.iter().chain(&tried.row.required) {
            let twice = query(name, &format!("a&{name}=a"));
            let answer = tried.send(&twice, &tried.body()).await;
            assert_eq!(answer.huawei_code(), wrong, "{} {name}", tried.name);
        }
        // The versions of an API are not paged in v1.0 (spec 4.4).
        let is_paged = tried.name != "ListApiVersions in v1.0";
        if is_paged && tried.operation.name.starts_with("List") {
            let names = match tried.name.ends_with("v2") {
                true => ["offset", "limit"],
                false => ["page_no", "page_size"],
            };
            for name in names {
                for value in ["x", "1.5", "-", "%00", "1e3", "0x1", "%EF%BC%91"] {
                    let answer = tried.send(&query(name, value), b"").await;
                    assert_eq!(answer.huawei_code(), wrong, "{} {name}={value}", tried.name);
                }
            }
        }
    }
}
