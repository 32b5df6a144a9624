//! A call as it came in: query and form merged before anything looks for a
//! parameter (spec 1.1).

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use countersign_sign::{alibaba::request_auth::v3, params::decode};
use http::{
    HeaderMap, Method,
    header::{CONTENT_TYPE, HOST},
    request::Parts,
};

use super::{Fault, Params, format::Format};
use crate::{body, dialect::header};

/// One call, whole. `Debug` prints the names of parameters and headers, never
/// a value: a parameter may be a sign secret, a header a signature.
pub(super) struct Incoming {
    pub(super) params: Params,
    parts: Parts,
    body: Bytes,
}

impl Incoming {
    /// Reads the body and merges the parameters. Beside it stands the format of
    /// the answer, which is known also when the call is refused.
    pub(super) async fn read(request: axum::extract::Request) -> (Format, Result<Self, Fault>) {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let query: Vec<_> = decode(query).collect();
        let format_of = |params: &[(Cow<'_, str>, Cow<'_, str>)], whole| {
            let params = params.iter().map(|(name, value)| (&**name, &**value));
            Format::of(&parts.headers, params, whole)
        };
        if parts.method != Method::GET && parts.method != Method::POST {
            return (format_of(&query, false), Err(Fault::UnsupportedMethod));
        }
        let body = match body::read(body).await {
            Ok(body) => body,
            Err(error) => return (format_of(&query, false), Err(Fault::Body(error))),
        };
        // A body that is no form is no parameter; V3 signs it all the same.
        let form: &[u8] = if parts.method == Method::POST && is_form(&parts.headers) {
            &body
        } else {
            &[]
        };
        let mut all = query;
        all.extend(decode(form));
        let format = format_of(&all, true);
        let incoming = Params::merge(all.into_iter()).map(|params| (params, body));
        let incoming = incoming.map(|(params, body)| Self {
            params,
            parts,
            body,
        });
        (format, incoming)
    }

    pub(super) fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The value of a header that must not be there twice.
    pub(super) fn header(&self, name: &'static str) -> Result<Option<&str>, Fault> {
        header::single(&self.parts.headers, name).map_err(|header::NotOneText| {
            Fault::IncompleteSignature(format!("Header {name} is repeated or not UTF-8."))
        })
    }

    /// All headers whose values are text.
    pub(super) fn headers(&self) -> Vec<(&str, &str)> {
        header::texts(&self.parts.headers)
    }

    /// The request as V3 signs it.
    pub(super) fn as_signed<'a>(&'a self, headers: &'a [(&'a str, &'a str)]) -> v3::Request<'a> {
        v3::Request {
            method: self.parts.method.as_str(),
            path: self.parts.uri.path(),
            query: self.parts.uri.query(),
            headers,
            body: &self.body,
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("method", &self.parts.method)
            .field("params", &self.params)
            .field("headers", &self.parts.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The host that was called, for `HostId`.
pub(super) fn host_of(headers: &HeaderMap) -> String {
    headers.get(HOST).map_or_else(String::new, |host| {
        String::from_utf8_lossy(host.as_bytes()).into_owned()
    })
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;

    use super::*;

    #[tokio::test]
    async fn debug_shows_no_value() {
        let request = Request::post("/?SignatureSecret=Planted_query&Action=CreateSignature")
            .header("authorization", "Planted_header")
            .header(
                CONTENT_TYPE,
                "Application/X-WWW-Form-Urlencoded;charset=utf-8",
            )
            .body(Body::from("Other=Planted_form"))
            .unwrap();
        let incoming = Incoming::read(request).await.1.unwrap();
        let printed = format!("{incoming:?}");
        assert!(
            printed.contains("SignatureSecret") && printed.contains("Other"),
            "{printed}"
        );
        assert!(!printed.contains("Planted"), "{printed}");
    }

    #[tokio::test]
    async fn a_body_that_is_no_form_holds_no_parameters() {
        for (method, content_type) in [
            ("POST", "application/octet-stream"),
            ("POST", "application/json"),
            ("GET", "application/x-www-form-urlencoded"),
        ] {
            let request = Request::builder()
                .method(method)
                .uri("/?A=1")
                .header(CONTENT_TYPE, content_type);
            let incoming = Incoming::read(request.body(Body::from("A=2&B=3")).unwrap())
                .await
                .1
                .unwrap();
            assert_eq!(
                (incoming.params.given("A"), incoming.params.given("B")),
                (Some("1"), None),
                "{method} {content_type}"
            );
        }
    }
}
