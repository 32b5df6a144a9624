//! Which format a call is answered in (spec 1.3, 1.4 and 1.10).
//!
//! A call is also answered when it is refused before anything of it makes
//! sense, so this never fails: it takes what can be read. Two rules of the
//! spec pull in two directions, "the default of v1 is XML" and "never answer
//! in XML to a client that did not ask for it", since some clients read JSON
//! only. So silence means XML where all parameters could be read and none of
//! them names a format, and JSON where a format may have been asked for in
//! what could not be read, or was asked for and is none.

use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT, AUTHORIZATION},
};

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

/// The parameter that names a format.
pub(super) const PARAMETER: &str = "Format";

/// The header that names an operation: SDKs send it in v1 too.
pub(super) const ACTION_HEADER: &str = "x-acs-action";

impl Format {
    /// By its name, of any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        match () {
            () if name.eq_ignore_ascii_case("JSON") => Some(Self::Json),
            () if name.eq_ignore_ascii_case("XML") => Some(Self::Xml),
            () => None,
        }
    }

    /// The format for a call with these headers and parameters. `whole` says
    /// whether these are all of its parameters.
    pub(super) fn of<'a>(
        headers: &HeaderMap,
        params: impl Iterator<Item = (&'a str, &'a str)>,
        whole: bool,
    ) -> Self {
        let mut speaks_v1 = false;
        let mut formats = Vec::new();
        for (name, value) in params {
            speaks_v1 |= matches!(name, "Action" | "Signature");
            if name == PARAMETER && !value.is_empty() {
                formats.push(value);
            }
        }
        // Of two formats that contradict each other none was asked for.
        if let Some(first) = formats.first() {
            let named = Self::named(first);
            let agreed = formats.iter().all(|format| Self::named(format) == named);
            return named.filter(|_| agreed).unwrap_or(Self::Json);
        }
        let is_v3 = headers
            .get(AUTHORIZATION)
            .is_some_and(|value| value.as_bytes().starts_with(b"ACS3-"))
            || !speaks_v1 && headers.contains_key(ACTION_HEADER);
        match () {
            () if is_v3 || !whole => Self::accepted(headers),
            () => Self::Xml,
        }
    }

    /// XML for one who accepts it more than JSON, else JSON. Wildcards ask for
    /// nothing in particular.
    fn accepted(headers: &HeaderMap) -> Self {
        let (mut json, mut xml) = (0, 0);
        let values = headers.get_all(ACCEPT).iter();
        for range in values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.split(','))
        {
            let mut parts = range.split(';').map(str::trim);
            let media_type = parts.next().unwrap_or_default();
            let quality = parts.find_map(quality).unwrap_or(QUALITY_MAX);
            match () {
                () if media_type.eq_ignore_ascii_case("application/json") => {
                    json = json.max(quality);
                }
                () if media_type.eq_ignore_ascii_case("text/xml")
                    || media_type.eq_ignore_ascii_case("application/xml") =>
                {
                    xml = xml.max(quality);
                }
                () => {}
            }
        }
        if xml > json { Self::Xml } else { Self::Json }
    }

    /// What an answer is labelled with. No blank after the semicolon: Tea's
    /// SDKs compare the whole text (spec 1.10).
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json;charset=utf-8",
            Self::Xml => "text/xml;charset=utf-8",
        })
    }
}

const QUALITY_MAX: u16 = 1000;

/// The value of a parameter `q` in thousandths; one that is none counts as 0.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let value: f32 = value.trim().parse().unwrap_or_default();
    // A cast from a float saturates, and makes 0 of what is no number.
    Some(((value * f32::from(QUALITY_MAX)) as u16).min(QUALITY_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn names_of_any_case() {
        for (name, format) in [
            ("JSON", Some(Format::Json)),
            ("json", Some(Format::Json)),
            ("Xml", Some(Format::Xml)),
            ("xml", Some(Format::Xml)),
            ("", None),
            ("YAML", None),
            ("JSON ", None),
        ] {
            assert_eq!(Format::named(name), format, "{name}");
        }
    }

    #[test]
    fn silence_means_the_default_of_the_scheme() {
        use Format::{Json, Xml};

        let v3 = ("authorization", "ACS3-HMAC-SHA256 x");
        for (sent, params, whole, expected) in [
            // v1.
            (&[][..], &[("Action", "A")][..], true, Xml),
            (&[], &[], true, Xml),
            (&[("x-acs-action", "A")], &[("Action", "A")], true, Xml),
            (&[("accept", "application/json")], &[], true, Xml),
            (&[], &[("Format", "")], true, Xml),
            (&[], &[("Format", "JSON")], true, Json),
            (&[], &[("Format", "YAML")], true, Json),
            (&[], &[("Format", "XML"), ("Format", "JSON")], true, Json),
            (&[], &[("Format", "XML"), ("Format", "xml")], true, Xml),
            // V3, with and without its signature.
            (&[v3], &[], true, Json),
            (&[("x-acs-action", "A")], &[], true, Json),
            (&[v3], &[("Format", "xml")], true, Xml),
            (&[v3, ("accept", "text/xml")], &[], true, Xml),
            (
                &[v3, ("accept", "text/xml")],
                &[("Format", "JSON")],
                true,
                Json,
            ),
            // Parameters that could not be read.
            (&[], &[("Action", "A")], false, Json),
            (&[], &[("Format", "XML")], false, Xml),
            (&[("accept", "application/xml")], &[], false, Xml),
        ] {
            let format = Format::of(&headers(sent), params.iter().copied(), whole);
            assert_eq!(format, expected, "{sent:?} {params:?} {whole}");
        }
    }

    #[test]
    fn accept_asks_for_xml_when_it_prefers_it() {
        for (accept, format) in [
            ("*/*", Format::Json),
            ("application/json", Format::Json),
            ("text/xml", Format::Xml),
            ("Application/XML", Format::Xml),
            ("application/json, text/xml", Format::Json),
            ("application/json;q=0.5, text/xml;q=0.9", Format::Xml),
            ("application/json;q=0.9, text/xml;q=0.5", Format::Json),
            ("text/xml;q=0", Format::Json),
            ("text/xml;q=x", Format::Json),
            ("text/xml; charset=utf-8; q=1", Format::Xml),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Format::Xml,
            ),
            ("", Format::Json),
        ] {
            assert_eq!(
                Format::accepted(&headers(&[("accept", accept)])),
                format,
                "{accept}"
            );
        }
        let two = headers(&[("accept", "text/html"), ("accept", "text/xml")]);
        assert_eq!(Format::accepted(&two), Format::Xml);
    }
}
