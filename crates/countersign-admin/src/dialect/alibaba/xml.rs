//! A tree of fields as XML (spec 1.10 and 2.12): each field is an element, and
//! a list is its wrapper with repeated children.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::render::{Fields, Value};

/// A document whose root holds `fields`.
pub(super) fn document(root: &str, fields: &Fields) -> Vec<u8> {
    let mut out = Vec::new();
    write_document(&mut Writer::new(&mut out), root, fields)
        .expect("a vector takes whatever is written into it");
    out
}

fn write_document<W: Write>(out: &mut Writer<W>, root: &str, fields: &Fields) -> io::Result<()> {
    let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
    out.write_event(Event::Decl(declaration))?;
    element(out, root, |out| write_fields(out, fields))
}

fn element<W: Write>(
    out: &mut Writer<W>,
    name: &str,
    inside: impl FnOnce(&mut Writer<W>) -> io::Result<()>,
) -> io::Result<()> {
    out.write_event(Event::Start(BytesStart::new(name)))?;
    inside(out)?;
    out.write_event(Event::End(BytesEnd::new(name)))
}

fn write_fields<W: Write>(out: &mut Writer<W>, fields: &Fields) -> io::Result<()> {
    for (name, value) in fields.iter() {
        element(out, name, |out| write_value(out, value))?;
    }
    Ok(())
}

fn write_value<W: Write>(out: &mut Writer<W>, value: &Value) -> io::Result<()> {
    match value {
        Value::Text(text) => write_text(out, text),
        Value::Secret(secret) => write_text(out, secret.secret().expose()),
        Value::Number(number) => write_text(out, &number.to_string()),
        Value::Integer(number) => write_text(out, &number.to_string()),
        Value::Flag(on) => write_text(out, if *on { "true" } else { "false" }),
        Value::Object(fields) => write_fields(out, fields),
        Value::List { item, values } => values
            .iter()
            .try_for_each(|fields| element(out, item, |out| write_fields(out, fields))),
    }
}

/// The library escapes what is markup, and a carriage return too, of which a
/// reader would make a line feed (XML 1.0, 2.11).
fn write_text<W: Write>(out: &mut Writer<W>, text: &str) -> io::Result<()> {
    out.write_event(Event::Text(BytesText::new(&carriable(text))))
}

/// `text` with U+FFFD for each character that XML 1.0 cannot carry, not even as
/// a reference (XML 1.0, 2.2): to leave it out could join what it kept apart,
/// and an answer that no reader takes would be worse. JSON carries them all.
fn carriable(text: &str) -> Cow<'_, str> {
    let cannot = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(cannot) {
        Cow::Owned(text.replace(cannot, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::{Reader, XmlVersion};

    use super::*;

    fn written(fields: &Fields) -> String {
        String::from_utf8(document("Answer", fields)).unwrap()
    }

    /// The text of the only element inside the root, as a reader sees it.
    fn read_back(document: &str) -> String {
        let mut reader = Reader::from_str(document);
        reader.config_mut().check_end_names = true;
        let mut text = String::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Text(part) => text.push_str(&part.xml_content(XmlVersion::Implicit1_0)),
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().unwrap();
                    let named = || {
                        quick_xml::escape::resolve_xml_entity(&reference)
                            .and_then(|text| text.chars().next())
                    };
                    text.push(character.or_else(named).unwrap());
                }
                Event::Eof => return text,
                Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {
                    panic!("text became markup: {document}")
                }
                Event::Decl(_) | Event::Start(_) | Event::End(_) | Event::Empty(_) => {}
            }
        }
    }

    #[test]
    fn every_kind_of_value() {
        let one = |id: &str| Fields::new().with("Id", id);
        let fields = Fields::new()
            .with("RequestId", "R")
            .with("TotalCount", 2)
            .with("On", true)
            .with("Empty", "")
            .with_object("Inside", Fields::new().with("A", "b"))
            .with_list("Infos", "Info", vec![one("1"), one("2")])
            .with_list("Nones", "None", Vec::new());
        assert_eq!(
            written(&fields),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <Answer><RequestId>R</RequestId><TotalCount>2</TotalCount><On>true</On><Empty></Empty>\
             <Inside><A>b</A></Inside>\
             <Infos><Info><Id>1</Id></Info><Info><Id>2</Id></Info></Infos>\
             <Nones></Nones></Answer>"
        );
    }

    #[test]
    fn no_text_becomes_markup() {
        for (text, read) in [
            ("<a>&amp;</a>", "<a>&amp;</a>"),
            ("]]>", "]]>"),
            ("\"'", "\"'"),
            (" \t\n kept \r\n \r", " \t\n kept \r\n \r"),
            (
                "nul \0, bell \u{7}, \u{ffff}",
                "nul \u{fffd}, bell \u{fffd}, \u{fffd}",
            ),
            (
                "后端签名 \u{85}\u{2028}\u{1f600}",
                "后端签名 \u{85}\u{2028}\u{1f600}",
            ),
        ] {
            let document = written(&Fields::new().with("A", text));
            assert_eq!(read_back(&document), read, "{document}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            let document = written(&Fields::new().with("A", text.as_str()));
            prop_assert_eq!(read_back(&document), carriable(&text));
        }

        #[test]
        fn any_of_the_awkward_comes_back(text in "[\0-\u{20}<>&'\"\\]\r\n\u{85}\u{2028}\u{fffd}-\u{ffff}]{0,40}") {
            let document = written(&Fields::new().with("A", text.as_str()));
            prop_assert_eq!(read_back(&document), carriable(&text));
        }
    }
}
