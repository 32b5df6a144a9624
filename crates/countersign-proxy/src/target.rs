//! The target of a request that is passed through as it is.

use bytes::Bytes;
use countersign_core::Route;
use http::{Uri, uri::PathAndQuery};

use crate::fault::Fault;

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

/// Adds what followed a prefix to a path made for the backend.
pub(crate) fn push_rest(path: &mut String, rest: &str) {
    if rest.starts_with('/') && path.ends_with('/') {
        path.pop();
    }
    path.push_str(rest);
}
