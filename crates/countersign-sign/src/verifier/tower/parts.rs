//! The head of a request as the verifier wants it.

use http::request::Parts;

/// Path and query of the request line; what CONNECT asks for is an authority.
pub(super) fn target(parts: &Parts) -> &[u8] {
    match (parts.uri.path_and_query(), parts.uri.authority()) {
        (Some(path_and_query), _) => path_and_query.as_str().as_bytes(),
        (None, Some(authority)) => authority.as_str().as_bytes(),
        (None, None) => b"",
    }
}

/// The headers; in HTTP/2, where there may be no `Host`, with the authority for it.
pub(super) fn headers(parts: &Parts) -> Vec<(&str, &[u8])> {
    let mut headers = Vec::with_capacity(parts.headers.len() + 1);
    headers.extend(
        parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes())),
    );
    if !parts.headers.contains_key(http::header::HOST)
        && let Some(authority) = parts.uri.authority()
    {
        headers.push(("host", authority.as_str().as_bytes()));
    }
    headers
}
