//! Carries out an API's tables of parameters: from what a client sent to the
//! target, headers and form that the backend gets. Pure: no I/O, no clock.
//!
//! **Reading.** Query and form are read as the signature reads them
//! ([`params::decode`]): `+` is a space, `a` means `a=`, a piece without a
//! name is left out, bytes that are not UTF-8 become U+FFFD. Values in the path
//! are percent-decoded (`+` is a plus), headers are read after the header
//! policy, their names in any case, `_` being the same as `-`. Of a repeated
//! parameter the first value counts. A parameter that is there has to fit its
//! type and limits ([`value`]); one that is absent is refused when it is
//! required, and stands as its default otherwise, which is not checked.
//!
//! **MAPPING** (`passes_unknown` is false). The backend gets what the service
//! table says and nothing else of the client: no other query parameter, form
//! field or header, `Accept-Encoding`, `Cookie` and `User-Agent` included. The
//! exceptions are what HTTP needs of a body that is passed on as bytes
//! (`Content-Type` as [`ContentType`] says, `Content-Encoding`, and the
//! framing), that body, and of the path what follows a prefix or, without a
//! path for the backend, all of it.
//!
//! **MAPPING_PASSTHROUGH** (`passes_unknown` is true). What the request table
//! names is consumed; all other query parameters, form fields and headers pass,
//! in their order and before what the service table adds in its own. None that
//! bears a name of the service table passes: a client cannot put a value of its
//! own before one of the gateway's, not in the query before one in the form
//! either.
//!
//! **Writing.** Names and values in the target are written anew from their
//! decoded text, everything but RFC 3986's unreserved characters escaped, so
//! that no backend splits them in another place than the signature does; a
//! value in the path is one segment, neither empty nor a dot segment. A form
//! is written the same way, with `+` for a space. A value in a header is
//! visible ASCII, blanks and tabs; other text is refused, since backends
//! disagree on its charset. Headers that only the gateway may set are skipped,
//! and so are those that are no header names. A `Content-Type` of the service
//! table has the last word.
//!
//! **Bodies.** Where the body is bytes, it passes as it is. Where it is a form,
//! it is made anew, of unknown and mapped fields, for every method but GET,
//! HEAD and OPTIONS: to those no form is sent, and its fields are lost. A
//! client's body of another type has no fields: in MAPPING it is left out; in
//! MAPPING_PASSTHROUGH it passes where the tables make no field, and gives way
//! where they do. A form made here has the type of a form, or a custom one; it
//! has the client's where that is asked for and is that of a form.
//!
//! **Values.** A system parameter that there is none of (the application) and
//! an absent optional parameter are left out. A place in the request table that
//! does not exist is the same as an absent parameter.

mod fields;
mod head;
mod text;
mod value;

use std::borrow::Cow;

#[cfg(doc)]
use countersign_core::mapping::ContentType;
use countersign_core::{
    Route,
    mapping::{
        Location, ParameterMapping, RequestParameter, ServiceParameter, SystemParameter,
        ValueSource,
    },
};
#[cfg(doc)]
use countersign_sign::params;
use http::{HeaderMap, Method, Uri};

use crate::{fault::Fault, header_policy::Owned};

pub(crate) use text::percent_decode;

/// What the tables are applied to.
pub(crate) struct Input<'a> {
    pub(crate) route: &'a Route,
    /// The method that the backend is called with.
    pub(crate) method: &'a Method,
    /// The client's path and query, as sent.
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    /// The client's headers, after the header policy.
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: ClientsBody<'a>,
    pub(crate) system: System<'a>,
    /// Which headers the tables may not set.
    pub(crate) owned: Owned<'a>,
}

/// What a client sent for a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientsBody<'a> {
    None,
    /// A form in UTF-8, where the tables have a form.
    Form(&'a [u8]),
    /// Any other body.
    Bytes,
}

/// What the gateway knows of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct System<'a> {
    pub(crate) client_ip: &'a str,
    pub(crate) host: &'a str,
    pub(crate) handle_time_ms: i64,
    pub(crate) request_id: &'a str,
}

/// What the backend gets. Host, the framing of a form and the signature are
/// still missing.
#[derive(Debug)]
pub(crate) struct Mapped {
    pub(crate) target: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: MappedBody,
}

/// What the backend gets for a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum MappedBody {
    /// What the client sent.
    Clients,
    /// This form; there is no body when it is empty.
    Form(String),
}

/// Applies the tables.
pub(crate) fn map(mapping: &ParameterMapping, input: &Input<'_>) -> Result<Mapped, Fault> {
    let read = fields::read(mapping, input)?;
    let values = Values {
        mapping,
        system: &input.system,
        request: read.values,
    };
    let target = head::target(&values, input, read.query)?;
    let body = match mapping.body_is_form {
        false => MappedBody::Clients,
        true => form(&values, input, read.form),
    };
    let headers = head::headers(&values, input, &body)?;
    Ok(Mapped {
        target,
        headers,
        body,
    })
}

fn form(values: &Values<'_>, input: &Input<'_>, mut form: String) -> MappedBody {
    let has_form = !matches!(*input.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !has_form {
        form.clear();
    }
    for (parameter, value) in values.at(Location::Body).filter(|_| has_form) {
        text::push_field(&mut form, &parameter.name, &value, text::form_encode);
    }
    let passes = values.mapping.passes_unknown && input.body == ClientsBody::Bytes;
    match passes && form.is_empty() {
        true => MappedBody::Clients,
        false => MappedBody::Form(form),
    }
}

/// The values there are.
struct Values<'a> {
    mapping: &'a ParameterMapping,
    system: &'a System<'a>,
    /// Those of the request table, in its order.
    request: Vec<Option<Cow<'a, str>>>,
}

impl<'a> Values<'a> {
    /// What the service table puts at `location`, in its order.
    fn at(&self, location: Location) -> impl Iterator<Item = (&'a ServiceParameter, Cow<'_, str>)> {
        let own = self
            .mapping
            .service
            .iter()
            .filter(move |parameter| parameter.location == location);
        own.filter_map(|parameter| Some((parameter, self.value(&parameter.source)?)))
    }

    fn value(&self, source: &'a ValueSource) -> Option<Cow<'_, str>> {
        match source {
            ValueSource::Request(index) => self.request.get(*index)?.as_deref().map(Cow::Borrowed),
            ValueSource::Constant(text) => Some(Cow::Borrowed(text)),
            ValueSource::System(parameter) => self.system.value(*parameter),
        }
    }

    /// The client's parameter that `source` means.
    fn named(&self, source: &ValueSource) -> Option<&'a RequestParameter> {
        match source {
            ValueSource::Request(index) => self.mapping.request.get(*index),
            _ => None,
        }
    }

    /// The fault that an unfit value is: the client's, if it comes from there.
    fn unfit(&self, source: &ValueSource) -> Fault {
        self.named(source).map_or(Fault::Definition, value::invalid)
    }

    /// The fault that a value is which has to be there and is not.
    fn absent(&self, source: &ValueSource) -> Fault {
        self.named(source).map_or(Fault::Definition, value::missing)
    }
}

impl<'a> System<'a> {
    fn value(&self, parameter: SystemParameter) -> Option<Cow<'a, str>> {
        Some(match parameter {
            SystemParameter::ClientIp => Cow::Borrowed(self.client_ip),
            SystemParameter::Domain => Cow::Borrowed(self.host),
            SystemParameter::HandleTime => Cow::Owned(self.handle_time_ms.to_string()),
            // Clients are not authenticated, so there is no application.
            SystemParameter::AppId => return None,
            SystemParameter::RequestId => Cow::Borrowed(self.request_id),
            // Nothing else is listened for.
            SystemParameter::Scheme => Cow::Borrowed("http"),
        })
    }
}

#[cfg(test)]
mod tests;
