//! `PluginData`: the pair of a plugin, as JSON or YAML (spec 3.6). Three
//! fields and no more.

use countersign_core::{SignKey, SignSecret};
use countersign_sign::Secret;
use saphyr_parser::{Event, Parser};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::dialect::alibaba::{Fault, rules};

const PARAMETER: &str = "PluginData";
const TYPE: &str = "APIGW_BACKEND";

/// The text's fields, wiped when they are dropped. No `Debug`: one is a
/// secret.
#[derive(Default, Deserialize, Serialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Fields {
    r#type: String,
    key: String,
    secret: String,
}

/// Reads the pair.
pub(super) fn read(text: &str) -> Result<(SignKey, SignSecret), Fault> {
    if text.len() > rules::PLUGIN_DATA_BYTES_MAX {
        return Err(Fault::invalid_inside(PARAMETER, "It has more than 50 KB."));
    }
    // Most JSON is YAML too, but not all of it.
    let fields: Fields = serde_json::from_str(text)
        .ok()
        .or_else(|| yaml(text))
        .ok_or_else(|| {
            let why = "It is not a JSON or YAML text of the fields type, key and secret.";
            Fault::invalid_inside(PARAMETER, why)
        })?;
    let bad = |field: &str, why: &dyn std::fmt::Display| {
        Fault::invalid_inside(PARAMETER, format!("{field}: {why}."))
    };
    if fields.r#type != TYPE {
        return Err(bad("type", &format_args!("it is {TYPE}")));
    }
    let key = SignKey::parse(&fields.key, &rules::SIGNATURE_KEY);
    let secret = Secret::new(fields.secret.clone());
    let secret = SignSecret::parse(secret, &rules::SIGNATURE_SECRET);
    Ok((
        key.map_err(|why| bad("key", &why))?,
        secret.map_err(|why| bad("secret", &why))?,
    ))
}

/// One mapping of plain texts. Everything else that YAML has is refused where
/// it begins: aliases could make much of a little, and nothing here needs them.
fn yaml(text: &str) -> Option<Fields> {
    let mut events = Parser::new_from_str(text).map(|event| event.ok().map(|(event, _)| event));
    let mut next = || events.next().flatten();
    // What was read of a text that is refused is wiped like the rest.
    let mut fields = Fields::default();
    let mut seen = Vec::with_capacity(3);
    matches!(next()?, Event::StreamStart).then_some(())?;
    matches!(next()?, Event::DocumentStart(_)).then_some(())?;
    matches!(next()?, Event::MappingStart(0, None)).then_some(())?;
    loop {
        let name = match next()? {
            Event::MappingEnd => break,
            name => scalar(name)?,
        };
        let field = match name.as_str() {
            "type" => &mut fields.r#type,
            "key" => &mut fields.key,
            "secret" => &mut fields.secret,
            _ => return None,
        };
        *field = scalar(next()?)?;
        if seen.contains(&name) {
            return None;
        }
        seen.push(name);
    }
    matches!(next()?, Event::DocumentEnd).then_some(())?;
    matches!(next()?, Event::StreamEnd).then_some(())?;
    (seen.len() == 3).then_some(fields)
}

/// A text without anchor and tag. What YAML would take for a number or for
/// nothing is the text that stands there: keys and secrets are texts.
fn scalar(event: Event<'_>) -> Option<String> {
    match event {
        Event::Scalar(text, _, 0, None) => Some(text.into_owned()),
        _ => None,
    }
}

/// The pair as JSON, for a caller who may read the secret. It is told in this
/// one form, whatever text made it.
pub(super) fn write(key: &SignKey, secret: &SignSecret) -> SignSecret {
    let fields = Fields {
        r#type: TYPE.to_owned(),
        key: key.as_str().to_owned(),
        secret: secret.secret().expose().to_owned(),
    };
    let text = serde_json::to_string(&fields).expect("three texts have a JSON form");
    SignSecret::from_stored(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(text: &str) -> Result<(String, String), String> {
        match read(text) {
            Ok((key, secret)) => Ok((key.as_str().to_owned(), secret.secret().expose().to_owned())),
            Err(Fault::Invalid {
                parameter: PARAMETER,
                detail,
            }) => Err(detail.unwrap_or_default()),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn json_and_yaml() {
        for text in [
            r#"{"type":"APIGW_BACKEND","key":"SampleKey","secret":"SampleSecret"}"#,
            "{\n\t\"secret\": \"SampleSecret\",\n\t\"key\": \"SampleKey\", \"type\": \"APIGW_BACKEND\"}",
            "type: APIGW_BACKEND\nkey: SampleKey\nsecret: SampleSecret\n",
            "---\n# rotated\ntype: APIGW_BACKEND\nkey: 'SampleKey'\nsecret: \"SampleSecret\" # c\n",
            "{type: APIGW_BACKEND, key: SampleKey, secret: SampleSecret}",
        ] {
            let expected = ("SampleKey".to_owned(), "SampleSecret".to_owned());
            assert_eq!(pair(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        let shape = "It is not a JSON or YAML text of the fields type, key and secret.";
        for (text, why) in [
            ("", shape),
            ("{", shape),
            ("[]", shape),
            ("7", shape),
            ("type: APIGW_BACKEND\nkey: SampleKey", shape),
            (
                "type: APIGW_BACKEND\nkey: SampleKey\nsecret: SampleSecret\nmore: x",
                shape,
            ),
            (
                "type: APIGW_BACKEND\nkey: SampleKey\nkey: SampleKey\nsecret: SampleSecret",
                shape,
            ),
            ("type: APIGW_BACKEND\nkey: &a SampleKey\nsecret: *a", shape),
            (
                "type: APIGW_BACKEND\nkey: !!str SampleKey\nsecret: SampleSecret",
                shape,
            ),
            (
                "type: APIGW_BACKEND\nkey: [SampleKey]\nsecret: SampleSecret",
                shape,
            ),
            (
                "type: APIGW_BACKEND\nkey: SampleKey\nsecret: SampleSecret\n---\na: b",
                shape,
            ),
            (
                r#"{"type":"APIGW_BACKEND","key":"SampleKey","secret":"SampleSecret","x":1}"#,
                shape,
            ),
            (
                "type: other\nkey: SampleKey\nsecret: SampleSecret",
                "type: it is APIGW_BACKEND.",
            ),
            (
                "type: APIGW_BACKEND\nkey: Planted-1\nsecret: SampleSecret",
                "key: the character at position 7 (from 0) is not allowed.",
            ),
            (
                "type: APIGW_BACKEND\nkey: SampleKey\nsecret: x",
                "secret: it has fewer than 6 characters.",
            ),
        ] {
            assert_eq!(pair(text), Err(why.to_owned()), "{text}");
        }
        let long = format!("#{}", "x".repeat(rules::PLUGIN_DATA_BYTES_MAX));
        assert_eq!(pair(&long), Err("It has more than 50 KB.".to_owned()));
        // Deep nesting ends at the first level that nothing here needs.
        assert_eq!(pair(&"[".repeat(40_000)), Err(shape.to_owned()));
    }
}
