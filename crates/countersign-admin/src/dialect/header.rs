//! Headers that say who calls.

use http::HeaderMap;

/// A header is there twice, or is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotOneText;

/// The value of a header that must not be there twice: of two, one could be
/// what is signed and the other what is obeyed. Blanks around it are no part
/// of it (RFC 9110 5.5), as they are none of what is signed.
pub(super) fn single<'a>(
    headers: &'a HeaderMap,
    name: &str,
) -> Result<Option<&'a str>, NotOneText> {
    let mut values = headers.get_all(name).iter();
    let first = values
        .next()
        .map(|value| std::str::from_utf8(value.as_bytes()));
    match (first, values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(value)), None) => Ok(Some(value.trim_matches([' ', '\t']))),
        _ => Err(NotOneText),
    }
}

/// All headers whose values are text. One that is none cannot be signed, so a
/// signature that lists it does not match.
pub(super) fn texts(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn one_value_without_its_blanks() {
        let mut headers = HeaderMap::new();
        assert_eq!(single(&headers, "x-a"), Ok(None));
        headers.insert("x-a", HeaderValue::from_static(" one\t "));
        assert_eq!(single(&headers, "x-a"), Ok(Some("one")));
        headers.append("x-a", HeaderValue::from_static("one"));
        assert_eq!(single(&headers, "x-a"), Err(NotOneText));
        headers.insert("x-a", HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(single(&headers, "x-a"), Err(NotOneText));
        assert_eq!(texts(&headers), []);
    }
}
