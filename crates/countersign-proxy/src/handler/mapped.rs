//! Requests of APIs with tables of parameters.

use bytes::Bytes;
use countersign_core::{Route, mapping::ParameterMapping};
use http::{HeaderValue, Method, Uri, header, request};
use http_body::Body;
use hyper::body::Incoming;

use super::{
    Handler,
    plan::{Source, is_form},
};
use crate::{
    fault::Fault,
    header_policy::Owned,
    mapping::{self, ClientsBody, MappedBody},
    record::Record,
};

/// What a mapped request needs of its API.
pub(super) struct Tables<'a> {
    pub(super) mapping: &'a ParameterMapping,
    pub(super) route: &'a Route,
    /// The method that the backend is called with.
    pub(super) method: &'a Method,
    pub(super) owned: Owned<'a>,
}

impl Handler {
    /// Applies an API's tables: gives the target and the body, and leaves in
    /// `head` the headers that go with them.
    pub(super) async fn map(
        &self,
        tables: Tables<'_>,
        head: &mut request::Parts,
        body: Incoming,
        record: &Record,
    ) -> Result<(Uri, Source), Fault> {
        let handle_time_ms = self.worker.now().millis();
        let client_ip = self.client.ip.to_canonical().to_string();
        let host = match &*self.last_host.borrow() {
            Some((_, host)) => host.as_str().to_owned(),
            None => String::new(),
        };
        let reads_form = tables.mapping.body_is_form && is_form(&head.headers, &body)?;
        let (form, unread) = match reads_form {
            true => (Some(self.read_whole(body, None).await?), None),
            false => (None, Some(body)),
        };
        let clients_body = match (&form, &unread) {
            (Some(form), _) => ClientsBody::Form(form),
            (None, Some(body)) if !body.is_end_stream() => ClientsBody::Bytes,
            _ => ClientsBody::None,
        };
        let input = mapping::Input {
            route: tables.route,
            method: tables.method,
            path: head.uri.path(),
            query: head.uri.query(),
            headers: &head.headers,
            body: clients_body,
            system: mapping::System {
                client_ip: &client_ip,
                host: &host,
                handle_time_ms,
                request_id: &record.id_text(),
            },
            owned: tables.owned,
        };
        let mapped = mapping::map(tables.mapping, &input)?;
        head.headers = mapped.headers;
        let source = match (mapped.body, unread) {
            (MappedBody::Clients, Some(body)) => Source::Clients(body),
            (MappedBody::Clients, None) => Source::Made(Bytes::new()),
            (MappedBody::Form(made), unread) => {
                if let Some(body) = unread {
                    self.skip(body).await?;
                }
                Source::Made(made.into())
            }
        };
        let is_expected = matches!(*tables.method, Method::POST | Method::PUT | Method::PATCH);
        if is_expected && source.is_empty() {
            head.headers
                .insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok((mapped.target, source))
    }
}
