//! The target that the backend gets.

use bytes::Bytes;
use countersign_core::Route;
use countersign_sign::huawei::backend::Scratch;
use http::{Uri, uri::PathAndQuery};

use crate::fault::Fault;

/// The longest target: what the HTTP library can hold.
pub(crate) const BYTES_MAX: usize = u16::MAX as usize - 1;

/// The target sent to the backend: the client's own path or the one made for
/// the backend, and the client's query byte for byte.
pub(crate) fn passed(uri: &Uri, route: &Route) -> Result<Uri, Fault> {
    let Some(pattern) = &route.definition.backend.path else {
        return match (uri.scheme(), uri.path_and_query()) {
            // Cheap: the text is shared.
            (None, _) => Ok(uri.clone()),
            (Some(_), Some(path)) => Ok(Uri::from(path.clone())),
            (Some(_), None) => Ok(Uri::from(PathAndQuery::from_static("/"))),
        };
    };
    let captures = route.captures(uri.path());
    let mut text =
        pattern.render(|name, text| text.push_str(captures.get(name).unwrap_or_default()));
    push_rest(&mut text, captures.rest());
    if let Some(query) = uri.query() {
        text.push('?');
        text.push_str(query);
    }
    Uri::from_maybe_shared(Bytes::from(text)).map_err(|_| Fault::BackendPath)
}

/// `target` with its query in the form that all verifiers of Huawei's scheme
/// read alike. A query without any parameter is left out.
pub(crate) fn with_canonical_query(target: Uri, scratch: &mut Scratch) -> Result<Uri, Fault> {
    let Some(query) = target.query() else {
        return Ok(target);
    };
    let canonical = scratch.canonical_query(query);
    if canonical == query && !query.is_empty() {
        return Ok(target);
    }
    let path = target.path();
    let mut text = String::with_capacity(path.len() + 1 + canonical.len());
    text.push_str(path);
    if !canonical.is_empty() {
        text.push('?');
        text.push_str(canonical);
    }
    if text.len() > BYTES_MAX {
        return Err(Fault::TargetTooLong { max: BYTES_MAX });
    }
    Uri::from_maybe_shared(Bytes::from(text)).map_err(|_| Fault::BackendPath)
}

/// Adds what followed a prefix to a path made for the backend.
pub(crate) fn push_rest(path: &mut String, rest: &str) {
    if rest.starts_with('/') && path.ends_with('/') {
        path.pop();
    }
    path.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_made_canonical() {
        let mut scratch = Scratch::new();
        for (sent, expected) in [
            ("/a", "/a"),
            ("/a?", "/a"),
            ("/a?&&", "/a"),
            ("/a?b", "/a?b="),
            ("/%41//?c=2&b=x+y&b=*", "/%41//?b=%2A&b=x%20y&c=2"),
            ("/?a=1&b=%7E", "/?a=1&b=~"),
            ("/?a=1&b=2", "/?a=1&b=2"),
            ("/?=", "/?="),
        ] {
            let target = with_canonical_query(sent.parse().unwrap(), &mut scratch).unwrap();
            assert_eq!(target, expected.parse::<Uri>().unwrap(), "{sent}");
            assert_eq!(target.to_string(), expected);
        }
        let long = format!("/?{}", "*".repeat(30_000)).parse().unwrap();
        let fault = with_canonical_query(long, &mut scratch).unwrap_err();
        assert!(matches!(fault, Fault::TargetTooLong { .. }));
    }
}
