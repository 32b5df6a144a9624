//! Path patterns: what an API answers to, and where a backend is called.

use std::{fmt, sync::Arc};

/// The longest pattern, in bytes.
pub const PATTERN_BYTES_MAX: usize = 1024;

/// How a dialect writes a parameter: Alibaba `[id]`, Huawei `{id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterStyle {
    /// Before the name.
    pub open: char,
    /// After the name.
    pub close: char,
}

impl ParameterStyle {
    /// `{id}`, as patterns are stored and shown natively.
    pub const BRACES: Self = Self {
        open: '{',
        close: '}',
    };
    /// `[id]`.
    pub const BRACKETS: Self = Self {
        open: '[',
        close: ']',
    };
}

/// One part of a path between slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Exactly this text, escapes included.
    Literal(Box<str>),
    /// Any text of one segment, under this name.
    Parameter(Box<str>),
}

/// A path, in which whole segments may be parameters. Literal segments are
/// compared byte for byte with what a client sends: nothing is decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct PathPattern {
    segments: Arc<[Segment]>,
}

/// Why a text is not a path pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedPath {
    /// It does not begin with a slash.
    #[error("a path begins with '/'")]
    NoLeadingSlash,
    /// Longer than [`PATTERN_BYTES_MAX`].
    #[error("a path has at most {PATTERN_BYTES_MAX} bytes")]
    TooLong,
    /// Two slashes in a row.
    #[error("a path has no empty segment, except a last one")]
    EmptySegment,
    /// `.` or `..`, which a backend might resolve.
    #[error("a path has no '.' or '..' segment")]
    DotSegment,
    /// A byte outside RFC 3986's `pchar`, or a bad percent escape.
    #[error(
        "a path segment holds unreserved characters, sub-delimiters, ':', '@' and percent escapes only"
    )]
    BadCharacter,
    /// A parameter that is not a whole segment, or has no plain name.
    #[error("a path parameter is a whole segment with a name of letters, digits, '_' or '-'")]
    BadParameter,
    /// One name twice.
    #[error("a path parameter's name stands once only")]
    RepeatedParameter,
}

impl PathPattern {
    /// Reads a pattern whose parameters are written in `style`.
    pub fn parse(text: &str, style: ParameterStyle) -> Result<Self, MalformedPath> {
        let rest = text
            .strip_prefix('/')
            .ok_or(MalformedPath::NoLeadingSlash)?;
        if text.len() > PATTERN_BYTES_MAX {
            return Err(MalformedPath::TooLong);
        }
        let parts: Vec<&str> = rest.split('/').collect();
        let last = parts.len() - 1;
        let mut segments = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            if part.is_empty() && index != last {
                return Err(MalformedPath::EmptySegment);
            }
            let segment = parse_segment(part, style)?;
            if matches!(segment, Segment::Parameter(_)) && segments.contains(&segment) {
                return Err(MalformedPath::RepeatedParameter);
            }
            segments.push(segment);
        }
        Ok(Self {
            segments: segments.into(),
        })
    }

    /// The names of its parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Parameter(name) => Some(&**name),
            Segment::Literal(_) => None,
        })
    }

    /// Which segment, from 0, the parameter `name` is.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.segments
            .iter()
            .position(|segment| matches!(segment, Segment::Parameter(own) if **own == *name))
    }

    /// How many segments a prefix match takes: all but an empty last one.
    pub fn stem_segments(&self) -> usize {
        match self.segments.last() {
            Some(Segment::Literal(text)) if text.is_empty() => self.segments.len() - 1,
            _ => self.segments.len(),
        }
    }

    /// The pattern with its parameters written in `style`.
    pub fn to_text(&self, style: ParameterStyle) -> String {
        self.render(|name, text| {
            text.push(style.open);
            text.push_str(name);
            text.push(style.close);
        })
    }

    /// The path with `write` putting each parameter's value in its place.
    pub fn render(&self, mut write: impl FnMut(&str, &mut String)) -> String {
        let mut text = String::new();
        for segment in self.segments.iter() {
            text.push('/');
            match segment {
                Segment::Literal(literal) => text.push_str(literal),
                Segment::Parameter(name) => write(name, &mut text),
            }
        }
        text
    }

    /// Whether both match the same paths.
    pub fn has_shape_of(&self, other: &Self) -> bool {
        let alike = |(own, other): (&Segment, &Segment)| match (own, other) {
            (Segment::Literal(own), Segment::Literal(other)) => own == other,
            (Segment::Parameter(_), Segment::Parameter(_)) => true,
            _ => false,
        };
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(other.segments.iter()).all(alike)
    }

    /// The pattern with parameters numbered instead of named: two patterns
    /// that match the same paths have the same shape.
    pub fn shape(&self) -> String {
        let mut number = 0;
        self.render(|_, text| {
            text.push_str(&format!("{{p{number}}}"));
            number += 1;
        })
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(ParameterStyle::BRACES))
    }
}

impl fmt::Debug for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PathPattern({self})")
    }
}

fn parse_segment(part: &str, style: ParameterStyle) -> Result<Segment, MalformedPath> {
    if let Some(name) = part
        .strip_prefix(style.open)
        .and_then(|rest| rest.strip_suffix(style.close))
    {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if name.is_empty() || !name.bytes().all(allowed) {
            return Err(MalformedPath::BadParameter);
        }
        return Ok(Segment::Parameter(name.into()));
    }
    if part.contains([style.open, style.close]) {
        return Err(MalformedPath::BadParameter);
    }
    if is_dot_segment(part) {
        return Err(MalformedPath::DotSegment);
    }
    if !escapes_are_whole(part) || !part.bytes().all(is_path_byte) {
        return Err(MalformedPath::BadCharacter);
    }
    Ok(Segment::Literal(part.into()))
}

/// Whether a segment is `.` or `..`, written plainly or with `%2e`: something
/// that a backend may resolve, so that it would see another path than was
/// routed and signed.
pub fn is_dot_segment(segment: &str) -> bool {
    let mut rest = segment.as_bytes();
    let mut dots = 0;
    while !rest.is_empty() {
        rest = match rest {
            [b'.', rest @ ..] => rest,
            [b'%', b'2', b'e' | b'E', rest @ ..] => rest,
            _ => return false,
        };
        dots += 1;
    }
    dots == 1 || dots == 2
}

/// RFC 3986 `pchar`, with `%` for escapes.
fn is_path_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&b)
}

fn escapes_are_whole(part: &str) -> bool {
    part.split('%').skip(1).all(|rest| {
        let mut digits = rest.bytes();
        let is_hex = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_hexdigit());
        is_hex(digits.next()) && is_hex(digits.next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<PathPattern, MalformedPath> {
        PathPattern::parse(text, ParameterStyle::BRACKETS)
    }

    #[test]
    fn good_patterns_print_as_given() {
        for text in [
            "/",
            "/a",
            "/a/",
            "/a/[id]",
            "/[x]/b/[y]",
            "/caf%C3%A9/:b@c;d=e",
            "/...",
        ] {
            assert_eq!(parse(text).unwrap().to_text(ParameterStyle::BRACKETS), text);
        }
    }

    #[test]
    fn bad_patterns_say_why() {
        for (text, why) in [
            ("", MalformedPath::NoLeadingSlash),
            ("a", MalformedPath::NoLeadingSlash),
            ("//a", MalformedPath::EmptySegment),
            ("/a//b", MalformedPath::EmptySegment),
            ("/a/../b", MalformedPath::DotSegment),
            ("/a/%2E.", MalformedPath::DotSegment),
            ("/a b", MalformedPath::BadCharacter),
            ("/a?b", MalformedPath::BadCharacter),
            ("/%4", MalformedPath::BadCharacter),
            ("/%zz", MalformedPath::BadCharacter),
            ("/é", MalformedPath::BadCharacter),
            ("/{a}", MalformedPath::BadCharacter),
            ("/[]", MalformedPath::BadParameter),
            ("/x[a]", MalformedPath::BadParameter),
            ("/[a b]", MalformedPath::BadParameter),
            ("/[a]/[a]", MalformedPath::RepeatedParameter),
        ] {
            assert_eq!(parse(text).unwrap_err(), why, "{text}");
        }
        assert_eq!(
            parse(&format!("/{}", "a".repeat(1024))).unwrap_err(),
            MalformedPath::TooLong
        );
    }

    #[test]
    fn shape_forgets_names_only() {
        assert_eq!(
            parse("/a/[x]").unwrap().shape(),
            parse("/a/[y]").unwrap().shape()
        );
        let has_shape =
            |own: &str, other: &str| parse(own).unwrap().has_shape_of(&parse(other).unwrap());
        assert!(has_shape("/a/[x]", "/a/[y]"));
        assert!(!has_shape("/a/[x]", "/a/x") && !has_shape("/a", "/a/"));
        assert_ne!(
            parse("/a/[x]").unwrap().shape(),
            parse("/a/x").unwrap().shape()
        );
    }
}
