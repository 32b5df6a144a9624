//! Every parameter of every operation, fed with values that will not do. The
//! operations and their parameters are taken from the dialect's own table, so
//! that a new one is tried too.

use countersign_admin::alibaba_table::{Kind, Parameter, TABLE};
use countersign_core::FieldRule;

use crate::support::{Answer, OWNER, Params, Plane, SERVICE, set, sign_v1, v1_params, v1_post};

/// Stands in every bad value that is long enough, and in no answer.
const PLANTED: &str = "Planted";
const SECRET: &str = "PlantedSecret7";

/// What a bad value is answered with.
enum Expect {
    /// 400 `Missing` and the parameter's name.
    Missing,
    /// 400 `Invalid` and the parameter's name.
    Invalid,
    /// 400 and this code.
    Code(&'static str),
    /// 200, and nothing changed: only a filter, which nothing passes.
    Fine,
}

struct Bad {
    value: String,
    expect: Expect,
}

fn bad(value: impl Into<String>, expect: Expect) -> Bad {
    Bad {
        value: value.into(),
        expect,
    }
}

/// Longer than any text here may be, and still within the limit of a body.
fn long() -> String {
    PLANTED.repeat(200_000 / PLANTED.len())
}

const NOBODYS_ID: &str = "0123456789abcdef0123456789abcdef";

/// Values that will not do for a parameter, save the empty one.
fn bad_values(kind: &Kind) -> Vec<Bad> {
    use Expect::{Code, Fine, Invalid};

    match kind {
        Kind::Id(code) => vec![
            bad(NOBODYS_ID, Code(code)),
            bad(NOBODYS_ID.to_uppercase(), Code(code)),
            bad(&NOBODYS_ID[1..], Code(code)),
            bad(format!("{NOBODYS_ID}0"), Code(code)),
            bad("Planted", Code(code)),
            bad("Planted\0", Code(code)),
            bad("Planted 中é", Code(code)),
            bad("123", Code(code)),
            bad(long(), Code(code)),
        ],
        Kind::Ids(code) => {
            let many = |count: usize| {
                let ids = (0..count).map(|id| format!("{id:032x}"));
                ids.collect::<Vec<_>>().join(",")
            };
            vec![
                bad(NOBODYS_ID, Code(code)),
                bad(format!("Planted,{NOBODYS_ID}"), Code(code)),
                bad("Planted\0", Code(code)),
                bad("中é", Code(code)),
                bad("[]", Code(code)),
                bad(long(), Code(code)),
                bad(",", Expect::Missing),
                bad(" , ", Expect::Missing),
                bad(many(100), Code(code)),
                bad(many(101), Invalid),
            ]
        }
        Kind::Text(rule) | Kind::Secret(rule) => against(rule),
        // Any text will do, and is kept.
        Kind::Documentation => Vec::new(),
        Kind::Filter => vec![
            bad("Planted", Fine),
            bad("1\0Planted", Fine),
            bad("<Planted>&中é", Fine),
            bad(long(), Fine),
        ],
        Kind::OneOf(_) | Kind::OneOfAnyCase(_) => vec![
            bad("Planted", Invalid),
            bad("Planted\0", Invalid),
            bad("中é", Invalid),
            bad("0", Invalid),
            bad(" ", Invalid),
            bad(long(), Invalid),
        ],
        Kind::FalseOnly => vec![
            bad("true", Invalid),
            bad("TRUE", Invalid),
            bad("Planted", Invalid),
            bad("0", Invalid),
            bad("false\0", Invalid),
            bad("é", Invalid),
            bad(long(), Invalid),
        ],
        Kind::Word => vec![
            bad("Planted", Invalid),
            bad("A\0", Invalid),
            bad("中é", Invalid),
            bad("A".repeat(33), Invalid),
            bad(long(), Invalid),
        ],
        Kind::PageNumber => numbers(None),
        Kind::PageSize(max) => numbers(Some(*max)),
        Kind::Object => json(&["[]", "[{}]"]),
        Kind::List => json(&["{}", "[1]", "[\"Planted\"]", "[[]]"]),
        Kind::PluginData => json(&["[]"]),
    }
}

fn against(rule: &FieldRule) -> Vec<Bad> {
    use Expect::Invalid;

    let mut all = vec![
        bad("Plant\0ed", Invalid),
        bad("Planted\0", Invalid),
        bad("Plant\u{7f}ed", Invalid),
        bad("Planted\n", Invalid),
        bad("a".repeat(rule.max + 1), Invalid),
        bad("中".repeat(rule.max + 1), Invalid),
        bad(long(), Invalid),
    ];
    if rule.min > 1 {
        all.push(bad("a".repeat(rule.min - 1), Invalid));
    }
    if let Some(first) = rule.first {
        all.extend([" Planted", "éPlanted", "-Planted"].map(|text| bad(text, Invalid)));
        if !first.digits {
            all.push(bad("1Planted", Invalid));
        }
        if !first.others.contains('_') {
            all.push(bad("_Planted", Invalid));
        }
    }
    if rule.rest.is_some() {
        all.extend(
            [
                "Planted-",
                "Plant ed",
                "Plantedé",
                "Planted\u{1f600}",
                "Planted<",
                "Planted ",
            ]
            .map(|text| bad(text, Invalid)),
        );
    }
    all
}

fn numbers(max: Option<usize>) -> Vec<Bad> {
    let mut all: Vec<_> = [
        "0",
        "-1",
        "+1",
        "1.0",
        "1e1",
        "0x1",
        " 1",
        "1\0",
        "one",
        "Planted",
        "１",
        "true",
        "[]",
        "99999999999999999999999",
    ]
    .map(|text| bad(text, Expect::Invalid))
    .into();
    all.push(bad("9".repeat(200_000), Expect::Invalid));
    all.extend(max.map(|max| bad((max + 1).to_string(), Expect::Invalid)));
    all
}

fn json(others: &[&str]) -> Vec<Bad> {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let all = [
        "Planted",
        "{",
        "\0",
        "{}\0",
        "{} {}",
        "中é",
        "null",
        "true",
        "1",
        "\"Planted\"",
        "{\"Planted\":1,\"Planted\":2",
        deep.as_str(),
    ];
    let mut all: Vec<_> = all
        .iter()
        .chain(others)
        .map(|text| bad(*text, Expect::Invalid))
        .collect();
    all.push(bad(long(), Expect::Invalid));
    all
}

/// What there is to name.
struct Fixture {
    plane: Plane,
    group: String,
    api: String,
    signature: String,
}

impl Fixture {
    async fn new() -> Self {
        let plane = Plane::new().await;
        let group = plane.group("group").await;
        let api = plane.api(&group, "anApi", "/a").await;
        let stage = [("StageName", "RELEASE"), ("Description", "first")];
        let published = [("GroupId", group.as_str()), ("ApiId", &api)];
        let published = plane.call("DeployApi", &[published, stage].concat()).await;
        assert_eq!(published.status, 200, "{published}");
        let signature = plane.signature("first").await;
        Self {
            plane,
            group,
            api,
            signature,
        }
    }

    /// A value that will do.
    fn good<'a>(&'a self, operation: &str, parameter: &Parameter) -> &'a str {
        match (parameter.name, &parameter.kind) {
            ("GroupId", _) => &self.group,
            ("ApiId" | "ApiIds", _) => &self.api,
            // The dialect shows one thing under two names.
            ("SignatureId" | "PluginId", _) => &self.signature,
            ("PluginData", _) => PLUGIN,
            ("SignatureSecret", _) => SECRET,
            ("RequestConfig", _) => REQUEST,
            ("ServiceConfig", _) => SERVICE,
            (_, Kind::OneOf(words) | Kind::OneOfAnyCase(words)) => words[0],
            (_, Kind::Text(_)) => "goodText",
            (name, _) => panic!("{operation} needs a good value for {name}"),
        }
    }

    /// The parameters that an operation has to have beside `tried`.
    fn baseline(&self, operation: &str, parameters: &[Parameter], tried: &str) -> Params {
        // One of two has to be there.
        let one_of = matches!(operation, "AttachPlugin" | "DetachPlugin") && tried != "ApiIds";
        let needed = |own: &&Parameter| own.required || one_of && own.name == "ApiId";
        parameters
            .iter()
            .filter(needed)
            .map(|own| (own.name.to_owned(), self.good(operation, own).to_owned()))
            .collect()
    }

    async fn send(&self, operation: &str, params: &Params) -> Answer {
        let own: Vec<_> = params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let all = v1_params(OWNER, operation, &own, &self.plane.nonce());
        self.plane
            .send(v1_post(&sign_v1("POST", all, OWNER.secret)))
            .await
    }
}

const PLUGIN: &str = r#"{"type":"APIGW_BACKEND","key":"aSignKey","secret":"PlantedSecret7"}"#;

const REQUEST: &str =
    r#"{"RequestHttpMethod":"GET","RequestPath":"/new","RequestMode":"PASSTHROUGH"}"#;

#[tokio::test]
async fn every_parameter_of_every_operation() {
    let fixture = Fixture::new().await;
    let revision = || fixture.plane.store.snapshot().revision();
    let before = revision();
    let check = |answer: Answer, expect: &Expect, operation: &str, name: &str, value: &str| {
        let (status, code) = match expect {
            Expect::Missing => (400, format!("Missing{name}")),
            Expect::Invalid => (400, format!("Invalid{name}")),
            Expect::Code(code) => (400, (*code).to_owned()),
            Expect::Fine => (200, "no error".to_owned()),
        };
        let shown: String = value.chars().take(60).collect();
        let what = format!(
            "{operation} {name}={shown:?}: {}",
            &answer.body[..answer.body.len().min(500)]
        );
        assert_eq!(answer.code(), (status, code), "{what}");
        assert!(!answer.body.contains(PLANTED), "{what}");
        assert!(!format!("{:?}", answer.headers).contains(PLANTED), "{what}");
        assert_eq!(revision(), before, "{what}");
    };
    for row in TABLE {
        let operation = row.name;
        for parameter in row.parameters {
            let name = parameter.name;
            let baseline = fixture.baseline(operation, row.parameters, name);
            if parameter.required {
                let mut params = baseline.clone();
                set(&mut params, name, None);
                let absent = fixture.send(operation, &params).await;
                check(absent, &Expect::Missing, operation, name, "absent");
                set(&mut params, name, Some(""));
                let empty = fixture.send(operation, &params).await;
                check(empty, &Expect::Missing, operation, name, "");
            }
            for bad in bad_values(&parameter.kind) {
                let mut params = baseline.clone();
                set(&mut params, name, Some(&bad.value));
                let answer = fixture.send(operation, &params).await;
                check(answer, &bad.expect, operation, name, &bad.value);
            }

            let mut twice = baseline.clone();
            set(&mut twice, name, Some(PLANTED));
            twice.push((name.to_owned(), PLANTED.to_owned()));
            let answer = fixture.send(operation, &twice).await;
            assert_eq!(answer.code(), (400, format!("Repeated{name}")));
            assert!(!answer.body.contains(PLANTED), "{operation} {answer}");

            // A value alone is more than a whole body may be; nobody asks who sent it.
            let mut huge = baseline.clone();
            set(
                &mut huge,
                name,
                Some(&PLANTED.repeat(1024 * 1024 / PLANTED.len() + 1)),
            );
            let answer = fixture.plane.send(v1_post(&huge)).await;
            assert_eq!(answer.code(), (413, "InvalidParameter".to_owned()));
            assert!(!answer.body.contains(PLANTED), "{operation} {answer}");
            assert_eq!(revision(), before);
        }
    }
}

/// Names that are none of the operation's are signed and passed over, also
/// where they are near one of its own: names have one spelling.
#[tokio::test]
async fn a_name_has_one_spelling() {
    let fixture = Fixture::new().await;
    for (wrong, right) in [
        ("signatureName", "SignatureName"),
        ("SignatureName ", "SignatureName"),
        ("SignatureName\0", "SignatureName"),
        ("SignatureName.1", "SignatureName"),
        ("SIGNATUREKEY", "SignatureKey"),
    ] {
        let all = [
            ("SignatureName", "aName"),
            ("SignatureKey", "aSignKey"),
            ("SignatureSecret", SECRET),
        ];
        let params: Params = all
            .iter()
            .map(|(name, value)| (if *name == right { wrong } else { name }, value))
            .map(|(name, value)| (name.to_owned(), (*value).to_owned()))
            .collect();
        let answer = fixture.send("CreateSignature", &params).await;
        assert_eq!(answer.code(), (400, format!("Missing{right}")));
    }
}
