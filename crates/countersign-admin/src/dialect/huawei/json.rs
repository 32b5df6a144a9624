//! Reading a JSON body strictly: a field that stands twice is refused, since
//! readers disagree on which of the two counts.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why a body is not one JSON object. Its texts never repeat what the body holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAnObject {
    /// It ends too early, or there is nothing.
    Truncated,
    /// It is not JSON, or not UTF-8, or nested too deeply, or has a field twice.
    Malformed { line: usize, column: usize },
    /// It is JSON, but no object.
    OtherType,
}

impl fmt::Display for NotAnObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("unexpected end of JSON input"),
            Self::Malformed { line, column } => {
                write!(f, "malformed JSON at line {line}, column {column}")
            }
            Self::OtherType => f.write_str("the JSON input is not an object"),
        }
    }
}

/// Reads one object.
pub(super) fn read(body: &[u8]) -> Result<Map<String, Value>, NotAnObject> {
    match serde_json::from_slice(body) {
        Ok(Strict(Value::Object(fields))) => Ok(fields),
        Ok(Strict(_)) => Err(NotAnObject::OtherType),
        Err(error) if error.is_eof() => Err(NotAnObject::Truncated),
        Err(error) => Err(NotAnObject::Malformed {
            line: error.line(),
            column: error.column(),
        }),
    }
}

/// A value in which no object has a field twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<Value, E> {
        Ok(on.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(entry)) = entries.next_element()? {
            list.push(entry);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let Strict(value) = entries.next_value()?;
            if fields.insert(name, value).is_some() {
                return Err(Error::custom("a field stands twice"));
            }
        }
        Ok(fields.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read() {
        let fields = read(br#" {"a":[1,-2.5,"x",null,true],"b":{"a":{}}} "#).unwrap();
        let again = serde_json::to_string(&Value::Object(fields)).unwrap();
        assert_eq!(again, r#"{"a":[1,-2.5,"x",null,true],"b":{"a":{}}}"#);
    }

    #[test]
    fn what_is_no_object_says_why() {
        let deep = "[".repeat(200);
        for (body, why) in [
            (&b""[..], NotAnObject::Truncated),
            (br#"{"a":"#, NotAnObject::Truncated),
            (br#"{"a":"x"#, NotAnObject::Truncated),
            (b"[]", NotAnObject::OtherType),
            (b"null", NotAnObject::OtherType),
            (
                br#"{"a":1,"a":1}"#,
                NotAnObject::Malformed {
                    line: 1,
                    column: 13,
                },
            ),
            (
                br#"{"b":{"a":1,"a":1}}"#,
                NotAnObject::Malformed {
                    line: 1,
                    column: 18,
                },
            ),
            (b"{} {}", NotAnObject::Malformed { line: 1, column: 4 }),
            (
                b"{\"a\":\"\xff\"}",
                NotAnObject::Malformed { line: 1, column: 8 },
            ),
            (
                deep.as_bytes(),
                NotAnObject::Malformed {
                    line: 1,
                    column: 128,
                },
            ),
        ] {
            let text = String::from_utf8_lossy(body);
            match (read(body).unwrap_err(), why) {
                (NotAnObject::Malformed { .. }, NotAnObject::Malformed { .. }) => {}
                (found, why) => assert_eq!(found, why, "{text}"),
            }
        }
    }
}
