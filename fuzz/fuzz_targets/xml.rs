//! Any text in an answer in XML: it reads back as it was, with U+FFFD for what
//! XML cannot carry.
#![no_main]

use countersign_admin::xml_document_of;
use libfuzzer_sys::fuzz_target;
use quick_xml::{Reader, XmlVersion, escape::resolve_xml_entity, events::Event};

fuzz_target!(|text: &str| {
    let document = String::from_utf8(xml_document_of(text)).unwrap();
    let mut reader = Reader::from_str(&document);
    let (mut read, mut depth) = (String::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Decl(_) => {}
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Text(part) => {
                assert_eq!(depth, 2);
                read.push_str(&part.xml_content(XmlVersion::Implicit1_0));
            }
            Event::GeneralRef(reference) => match reference.resolve_char_ref().unwrap() {
                Some(character) => read.push(character),
                None => read.push_str(resolve_xml_entity(&reference).unwrap()),
            },
            Event::Eof => break,
            other => panic!("text became markup: {other:?}"),
        }
    }
    let carried = |c: char| match c {
        '\t' | '\n' | '\r' => c,
        '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ => c,
    };
    assert_eq!(read, text.chars().map(carried).collect::<String>());
});
