//! Prepared captures in `cases/`, made by `make_cases.py`, which signs by itself.

use std::collections::BTreeSet;
use std::path::Path;

use countersign_sign::explain::{
    Captured, Code, Evidence, Explanation, Format, KeyCandidate, Outcome, explain,
};
use countersign_sign::verifier::{KeyList, Options};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    keys: Vec<Value>,
    now: i64,
    format: String,
    capture: String,
    entry: Option<usize>,
    outcome: String,
    causes: Vec<String>,
    verdict: Option<String>,
}

impl Case {
    fn keys(&self) -> Vec<KeyCandidate> {
        let text = json!({ "keys": self.keys }).to_string();
        let list = KeyList::from_json(text.as_bytes()).unwrap();
        assert_eq!(list.skipped, []);
        let is_other = |key: &Value| key["role"] == "other";
        let keys = list.keys.into_iter().zip(&self.keys);
        keys.map(|(key, wire)| match is_other(wire) {
            true => KeyCandidate::other(key),
            false => KeyCandidate::asked(key),
        })
        .collect()
    }

    fn explained(&self) -> Explanation {
        let format: Format = self.format.parse().unwrap();
        let bytes: Vec<u8> = match self.capture.starts_with('{') {
            true => self.capture.clone().into_bytes(),
            // Raw bytes stand in the file as Latin-1.
            false => self
                .capture
                .chars()
                .map(|c| u8::try_from(c).unwrap())
                .collect(),
        };
        let captured = Captured::read(&bytes, format, self.entry).unwrap();
        explain(&captured, &self.keys(), &Options::default(), self.now)
    }
}

fn all() -> Vec<(String, Case)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain/cases");
    let mut cases: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let case = serde_json::from_slice(&std::fs::read(&path).unwrap());
            (name.clone(), case.expect(&name))
        })
        .collect();
    cases.sort_by(|left, right| left.0.cmp(&right.0));
    cases
}

#[test]
fn every_capture_is_explained() {
    let mut wrong = Vec::new();
    let mut told = BTreeSet::new();
    let mut cannot_tell = 0;
    let cases = all();
    for (name, case) in &cases {
        let explained = case.explained();
        let causes: Vec<_> = explained
            .causes
            .iter()
            .map(|one| one.code.as_str())
            .collect();
        let is_right = explained.outcome.as_str() == case.outcome
            && causes == case.causes
            && case
                .verdict
                .as_deref()
                .is_none_or(|own| own == explained.verdict);
        if !is_right {
            wrong.push(format!(
                "{name}: {} {:?}, not {} {:?}\n{explained}",
                explained.outcome.as_str(),
                causes,
                case.outcome,
                case.causes
            ));
        }
        told.extend(causes);
        cannot_tell += usize::from(explained.outcome == Outcome::CannotTell);
    }
    let count = cases.len();
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 180 && cannot_tell > 15, "{count} {cannot_tell}");
    let untold: Vec<_> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !told.contains(code))
        .collect();
    // Each has a test: the two below in `properties`.
    assert_eq!(untold, ["malformed", "body_blanks", "header_charset"]);
}

#[test]
fn no_explanation_shows_a_secret() {
    for (name, case) in all() {
        let explained = case.explained();
        let shown = format!("{explained} {explained:?} {}", explained.to_json());
        assert!(!shown.contains("Planted"), "{name}: {shown}");
        assert!(!shown.contains("UGxhbnRlZ"), "{name}: {shown}");
        // What people read has no line that a request made up.
        assert!(!explained.to_string().contains('\r'), "{name}");
    }
}

/// Every word of the page is about a cause that there is, and the other way round.
#[test]
fn the_page_names_every_cause() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/explain.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, page) = page.split_once("## The causes").unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let written: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    let own: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(written, own);
}

#[test]
fn the_machine_form_says_the_same() {
    for (name, case) in all() {
        let explained = case.explained();
        let json = explained.to_json();
        assert_eq!(json["outcome"], case.outcome.as_str(), "{name}");
        assert_eq!(json["text"], explained.to_string(), "{name}");
        let causes = json["causes"].as_array().unwrap();
        for (cause, own) in causes.iter().zip(&explained.causes) {
            let known = match own.evidence {
                Evidence::Recomputed => "recomputed",
                Evidence::Seen => "seen",
            };
            assert_eq!(
                (&cause["code"], &cause["known"]),
                (&own.code.as_str().into(), &known.into())
            );
        }
    }
}
