//! Dictionaries of structured fields (RFC 8941), read strictly.

use std::cell::Cell;

use sfv::visitor::{
    DictionaryVisitor, EntryVisitor, InnerListVisitor, ItemVisitor, ParameterVisitor,
};
use sfv::{BareItem, BareItemFromInput, KeyRef, ListSerializer, Parser, Version};

/// The longest `Signature-Input`, `Signature` or `Content-Digest` that is read, in
/// bytes, all lines of the field together.
pub const FIELD_BYTES_MAX: usize = 16 * 1024;
/// The most signatures, or members of a dictionary, in one message.
pub const SIGNATURES_MAX: usize = 8;
/// The most components that one signature may cover.
pub const COMPONENTS_MAX: usize = 64;
/// The most components of one signature for which a field or the query has to be
/// parsed: `;sf`, `;key` and `@query-param`. Each of them reads the whole text.
pub const PARSED_COMPONENTS_MAX: usize = 8;
/// The most parameters of one component or one signature.
pub const PARAMETERS_MAX: usize = 16;

/// Why a field is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadField {
    /// Longer than [`FIELD_BYTES_MAX`].
    #[error("longer than {FIELD_BYTES_MAX} bytes")]
    TooLong,
    /// No dictionary by RFC 8941.
    #[error("not a dictionary of structured fields")]
    Syntax,
    /// A label or a parameter occurs twice. RFC 8941 lets the last one win and RFC
    /// 9421 wants labels to be unique; what readers could take in two ways is refused.
    #[error("a key occurs more than once")]
    Repeated,
    /// More signatures, components or parameters than are read.
    #[error("more members than are read")]
    TooMany,
}

/// An item's or inner list's parameters, in their order.
pub(super) type Params = Vec<(String, BareItem)>;

/// One item of an inner list.
pub(super) struct Item {
    pub(super) value: BareItem,
    pub(super) params: Params,
}

/// One member of a dictionary.
pub(super) struct Member {
    pub(super) key: String,
    /// Whether it is an inner list; otherwise `items` is one item.
    pub(super) inner_list: bool,
    pub(super) items: Vec<Item>,
    /// Those of an inner list.
    pub(super) params: Params,
}

impl Member {
    /// The bytes, if the member is a byte sequence.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self.items.as_slice() {
            [item] if !self.inner_list => item.value.as_byte_sequence(),
            _ => None,
        }
    }
}

/// Reads a dictionary; an empty text is an empty one.
pub(super) fn read_dictionary(text: &str) -> Result<Vec<Member>, BadField> {
    if text.len() > FIELD_BYTES_MAX {
        return Err(BadField::TooLong);
    }
    let refused = Cell::new(None);
    let visitor = DictionaryReader {
        members: Vec::new(),
        refused: &refused,
    };
    Parser::new(text)
        .with_version(Version::Rfc8941)
        .parse_dictionary_with_visitor(visitor)
        .map_err(|_| refused.get().unwrap_or(BadField::Syntax))
}

/// Appends ` ;name=value` for each parameter, as RFC 8941 section 4.1.1.2 has it.
pub(super) fn write_params(params: &Params, out: &mut String) {
    let mut list = ListSerializer::new();
    let mut written = list.inner_list().finish();
    for (key, value) in params {
        // A key that was read is a key.
        if let Ok(key) = KeyRef::from_str(key) {
            written = written.parameter(key, value);
        }
    }
    drop(written);
    let text = list.finish().unwrap_or_default();
    out.push_str(text.strip_prefix("()").unwrap_or(&text));
}

/// Remembers why reading stopped: the parser passes errors on as text only.
type Refused<'r> = &'r Cell<Option<BadField>>;

fn refuse<T>(refused: Refused<'_>, why: BadField) -> Result<T, BadField> {
    refused.set(Some(why));
    Err(why)
}

struct DictionaryReader<'r> {
    members: Vec<Member>,
    refused: Refused<'r>,
}

impl<'de> DictionaryVisitor<'de> for DictionaryReader<'_> {
    type Out = Vec<Member>;
    type Error = BadField;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, BadField> {
        if self.members.iter().any(|member| member.key == key.as_str()) {
            return refuse(self.refused, BadField::Repeated);
        }
        if self.members.len() == SIGNATURES_MAX {
            return refuse(self.refused, BadField::TooMany);
        }
        self.members.push(Member {
            key: key.as_str().to_owned(),
            inner_list: false,
            items: Vec::new(),
            params: Vec::new(),
        });
        let member = self.members.last_mut().expect("pushed just now");
        Ok(MemberReader {
            member,
            refused: self.refused,
        })
    }

    fn finish(self) -> Result<Self::Out, BadField> {
        Ok(self.members)
    }
}

struct MemberReader<'m, 'r> {
    member: &'m mut Member,
    refused: Refused<'r>,
}

impl<'de> EntryVisitor<'de> for MemberReader<'_, '_> {
    type Error = BadField;

    fn item(self) -> Result<impl ItemVisitor<'de>, BadField> {
        Ok(ItemReader {
            items: &mut self.member.items,
            refused: self.refused,
        })
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, BadField> {
        self.member.inner_list = true;
        Ok(self)
    }
}

impl<'de> InnerListVisitor<'de> for MemberReader<'_, '_> {
    type Error = BadField;

    fn item(&mut self) -> Result<impl ItemVisitor<'de>, BadField> {
        if self.member.items.len() == COMPONENTS_MAX {
            return refuse(self.refused, BadField::TooMany);
        }
        Ok(ItemReader {
            items: &mut self.member.items,
            refused: self.refused,
        })
    }

    fn finish(self) -> Result<impl ParameterVisitor<'de>, BadField> {
        Ok(ParamsReader {
            params: &mut self.member.params,
            refused: self.refused,
        })
    }
}

struct ItemReader<'m, 'r> {
    items: &'m mut Vec<Item>,
    refused: Refused<'r>,
}

impl<'de> ItemVisitor<'de> for ItemReader<'_, '_> {
    type Out = ();
    type Error = BadField;

    fn bare_item(
        self,
        value: BareItemFromInput<'de>,
    ) -> Result<impl ParameterVisitor<'de, Out = ()>, BadField> {
        self.items.push(Item {
            value: value.into(),
            params: Vec::new(),
        });
        Ok(ParamsReader {
            params: &mut self.items.last_mut().expect("pushed just now").params,
            refused: self.refused,
        })
    }
}

struct ParamsReader<'m, 'r> {
    params: &'m mut Params,
    refused: Refused<'r>,
}

impl<'de> ParameterVisitor<'de> for ParamsReader<'_, '_> {
    type Out = ();
    type Error = BadField;

    fn parameter(
        &mut self,
        key: &'de KeyRef,
        value: BareItemFromInput<'de>,
    ) -> Result<(), BadField> {
        if self.params.iter().any(|(known, _)| known == key.as_str()) {
            return refuse(self.refused, BadField::Repeated);
        }
        if self.params.len() == PARAMETERS_MAX {
            return refuse(self.refused, BadField::TooMany);
        }
        self.params.push((key.as_str().to_owned(), value.into()));
        Ok(())
    }

    fn finish(self) -> Result<(), BadField> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn why(text: &str) -> Option<BadField> {
        read_dictionary(text).err()
    }

    #[test]
    fn table_of_refusals() {
        for (text, expected) in [
            ("", None),
            ("a=()", None),
            ("a=(\"x\";y=1 \"x\");z, b=:AA==:", None),
            ("a=1, a=2", Some(BadField::Repeated)),
            ("a=();x=1;x=1", Some(BadField::Repeated)),
            ("a=(\"b\";sf;sf)", Some(BadField::Repeated)),
            ("A=1", Some(BadField::Syntax)),
            ("a=(", Some(BadField::Syntax)),
            ("a=1,", Some(BadField::Syntax)),
            ("a=@1", Some(BadField::Syntax)),
            ("a=\"é\"", Some(BadField::Syntax)),
        ] {
            assert_eq!(why(text), expected, "{text}");
        }
    }

    #[test]
    fn a_thousand_of_anything_is_refused() {
        let many = |one: &dyn Fn(usize) -> String, joint: &str| {
            (0..1000).map(one).collect::<Vec<_>>().join(joint)
        };
        let labels = many(&|i| format!("s{i}=()"), ", ");
        let components = format!("s=({})", many(&|i| format!("\"h{i}\""), " "));
        let parameters = format!("s=();{}", many(&|i| format!("p{i}"), ";"));
        for text in [labels, components, parameters] {
            assert!(text.len() < FIELD_BYTES_MAX);
            assert_eq!(why(&text), Some(BadField::TooMany));
        }
        let long = format!("s=({})", many(&|i| format!("\"header-{i:010}\""), " "));
        assert_eq!(why(&long), Some(BadField::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(?s).{0,80}") {
            let _ = read_dictionary(&text);
        }

        #[test]
        fn nor_does_one_that_looks_right(text in "[ab=();:\"?1., *@\\\\]{0,60}") {
            if let Ok(members) = read_dictionary(&text) {
                for member in members {
                    let mut out = String::new();
                    write_params(&member.params, &mut out);
                    prop_assert_eq!(out.is_empty(), member.params.is_empty());
                }
            }
        }
    }
}
