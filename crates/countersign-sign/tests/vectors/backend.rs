//! The signature on requests to a backend: the bare algorithm over every entry,
//! signer and verifier over those that are requests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_sign::Secret;
use countersign_sign::alibaba::backend::{
    BodyKind, HeaderLookup, Outgoing, Param, Received, SECRET_KEY_HEADER, SIGNATURE_HEADER,
    SIGNED_HEADERS_HEADER, Scratch, Signer, StringToSignInput, body_kind, content_md5,
    signed_headers_value, string_to_sign, verify,
};
use countersign_sign::params::percent_encode;

use super::file::{Backend, BackendValue, split_target, vectors};

/// Entries that no HTTP request or no sane gateway produces (spec section 7). The
/// bare algorithm is checked over them like over all others.
const NOT_HTTP: [(&str, &str); 9] = [
    (
        "be-params-empty-list",
        "an empty list does not occur in HTTP",
    ),
    ("be-params-null-middle", "null does not occur in HTTP"),
    ("be-params-null-first", "null does not occur in HTTP"),
    ("be-params-null-last", "null does not occur in HTTP"),
    ("be-params-null-only", "null does not occur in HTTP"),
    (
        "be-method-lower-case",
        "signer and verifier sign the method in upper case",
    ),
    (
        "be-header-duplicate-in-list",
        "its header names differ only in case",
    ),
    (
        "be-header-list-spaces",
        "a list with blanks is not written here; verified on its own below",
    ),
    (
        "be-header-value-utf8-and-spaces",
        "blanks around a header value do not survive HTTP",
    ),
];

#[test]
fn bare_algorithm() {
    let entries = vectors().backend_signature;
    assert_eq!(entries.len(), 35);
    for entry in &entries {
        let body = entry.body();
        let digest = content_md5(&entry.method, body.as_deref().unwrap_or_default());
        assert_eq!(digest, entry.content_md5, "{}", entry.id);
        let text = entry.string_to_sign();
        assert_eq!(text, entry.string_to_sign, "{}", entry.id);
    }
}

#[test]
fn verifier_accepts() {
    let entries = vectors().backend_signature;
    let (skipped, checked): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| is_not_http(entry));
    assert_eq!((skipped.len(), checked.len()), (9, 26));
    for entry in checked {
        check_verifier(entry);
    }
}

/// Names after "comma blank" are not found, empty ones are ignored: the verifier
/// reads such a list, though nobody here writes one.
#[test]
fn verifier_accepts_a_list_with_blanks() {
    let entries = vectors().backend_signature;
    let entry = entries.iter().find(|e| e.id == "be-header-list-spaces");
    check_verifier(entry.expect("the entry is there"));
}

/// The signer always lists the sign key. Five entries do, and have to come out as
/// they are. The text of the others has to come out with that one line added, and
/// its signature is checked by the verifier.
#[test]
fn signer_agrees() {
    let entries = vectors().backend_signature;
    let http = entries.iter().filter(|entry| !is_not_http(entry));
    let (signed, unlisted): (Vec<_>, Vec<_>) = http.partition(|entry| lists_sign_key(entry));
    assert_eq!((signed.len(), unlisted.len()), (5, 21));
    let mut scratch = Scratch::new();
    for entry in signed {
        check_signer(entry, &mut scratch);
    }
    for entry in unlisted {
        let (text, signature) = entry.sign(&mut scratch);
        let key_line = format!("x-ca-proxy-signature-secret-key:{}\n", entry.key);
        assert_eq!(text.matches(&key_line).count(), 1, "{}", entry.id);
        assert_eq!(
            text.replace(&key_line, ""),
            entry.string_to_sign,
            "{}",
            entry.id
        );
        entry
            .verify(&signature, &entry.gateway_list())
            .expect(&entry.id);
    }
}

fn check_verifier(entry: &Backend) {
    let list = entry.header(SIGNED_HEADERS_HEADER);
    let sign_key = entry.verify(&entry.signature, list.unwrap_or_default());
    assert_eq!(sign_key.expect(&entry.id), entry.key, "{}", entry.id);
}

fn check_signer(entry: &Backend, scratch: &mut Scratch) {
    let (text, signature) = entry.sign(scratch);
    assert_eq!(text, entry.string_to_sign, "{}", entry.id);
    assert_eq!(signature, entry.signature, "{}", entry.id);
    entry
        .verify(&signature, &entry.gateway_list())
        .expect(&entry.id);
}

fn lists_sign_key(entry: &Backend) -> bool {
    let names = entry.signed_header_names();
    names
        .iter()
        .any(|name| name.eq_ignore_ascii_case(SECRET_KEY_HEADER))
}

fn is_not_http(entry: &Backend) -> bool {
    NOT_HTTP.iter().any(|(id, _)| *id == entry.id)
}

/// One HTTP request that decodes to what an entry describes.
struct Wire {
    target: String,
    content_type: Option<String>,
    body: Vec<u8>,
}

impl Backend {
    fn body(&self) -> Option<Vec<u8>> {
        let text = self.body_base64.as_ref()?;
        Some(STANDARD.decode(text).expect("the vector is good Base64"))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn signed_header_names(&self) -> Vec<&str> {
        let list = self.header(SIGNED_HEADERS_HEADER).unwrap_or_default();
        list.split(',').filter(|name| !name.is_empty()).collect()
    }

    fn string_to_sign(&self) -> String {
        let lists: Vec<Vec<Option<&str>>> = self
            .params
            .iter()
            .map(|param| match &param.value {
                BackendValue::List { values } | BackendValue::Array { values } => {
                    values.iter().map(Option::as_deref).collect()
                }
                BackendValue::String { .. } | BackendValue::Null => Vec::new(),
            })
            .collect();
        let params: Vec<_> = self
            .params
            .iter()
            .zip(&lists)
            .map(|(param, list)| {
                let value = match &param.value {
                    BackendValue::String { value } => Param::Text(value),
                    BackendValue::List { .. } | BackendValue::Array { .. } => Param::List(list),
                    BackendValue::Null => Param::Null,
                };
                (param.name.as_str(), value)
            })
            .collect();
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        string_to_sign(&StringToSignInput {
            method: &self.method,
            path: &self.path,
            headers: &headers,
            header_lookup: match &*self.header_lookup {
                "as_given" => HeaderLookup::AsGiven,
                "lower_case" => HeaderLookup::LowerCase,
                other => panic!("{}: not a look-up: {other}", self.id),
            },
            params: &params,
            body: self.body().as_deref(),
        })
    }

    /// The illustration of the vector or, without one, everything in the query.
    fn wire(&self) -> Wire {
        if let Some(wire) = &self.wire_illustration {
            return Wire {
                target: wire.target.clone(),
                content_type: wire.content_type.clone(),
                body: wire.body.clone().into_bytes(),
            };
        }
        let pairs = self.params.iter().flat_map(|param| {
            let values: Vec<&str> = match &param.value {
                BackendValue::String { value } => vec![value],
                BackendValue::List { values } | BackendValue::Array { values } => {
                    values.iter().flatten().map(String::as_str).collect()
                }
                BackendValue::Null => panic!("{}: null is not HTTP", self.id),
            };
            let name = percent_encode(&param.name);
            values
                .into_iter()
                .map(move |value| format!("{name}={}", percent_encode(value)))
                .collect::<Vec<_>>()
        });
        let query = pairs.collect::<Vec<_>>().join("&");
        Wire {
            target: match &*query {
                "" => self.path.clone(),
                query => format!("{}?{query}", self.path),
            },
            content_type: None,
            body: self.body().unwrap_or_default(),
        }
    }

    fn signer(&self) -> Signer {
        Signer::new(&self.key, &Secret::new(self.secret.clone()))
    }

    /// Signs as the gateway does; gives the string to sign and the signature.
    fn sign(&self, scratch: &mut Scratch) -> (String, String) {
        let wire = self.wire();
        let (path, query) = split_target(&wire.target);
        assert_eq!(path, self.path, "{}", self.id);
        let is_form = body_kind(&self.method, wire.content_type.as_deref()) == BodyKind::Form;
        let digest = match is_form {
            true => String::new(),
            false => content_md5(&self.method, &wire.body),
        };
        let extra = self.extra();
        let outgoing = Outgoing {
            method: &self.method,
            path,
            query,
            form: is_form.then_some(&wire.body),
            content_md5: &digest,
            extra_signed_headers: &extra,
        };
        let signer = self.signer();
        let signature = signer.sign(&outgoing, scratch);
        (
            signer.string_to_sign(&outgoing),
            signature.as_str().to_owned(),
        )
    }

    /// The listed headers that are present, other than the sign key.
    fn extra(&self) -> Vec<(&str, &str)> {
        self.signed_header_names()
            .into_iter()
            .filter(|name| !name.eq_ignore_ascii_case(SECRET_KEY_HEADER))
            .filter_map(|name| Some((name, self.header(name)?)))
            .collect()
    }

    fn gateway_list(&self) -> String {
        signed_headers_value(&self.extra()).into_owned()
    }

    /// Verifies the request with this signature and list; names in lower case, as
    /// many an HTTP library hands them over.
    fn verify(&self, signature: &str, list: &str) -> Result<String, String> {
        let wire = self.wire();
        let (path, query) = split_target(&wire.target);
        let mut headers: Vec<(String, &str)> = self
            .headers
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case(SIGNED_HEADERS_HEADER))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()))
            .collect();
        headers.push((SIGNED_HEADERS_HEADER.to_ascii_lowercase(), list));
        headers.push((SIGNATURE_HEADER.to_ascii_lowercase(), signature));
        if !self.content_md5.is_empty() {
            headers.push(("content-md5".to_owned(), &self.content_md5));
        }
        if let Some(content_type) = &wire.content_type {
            headers.push(("content-type".to_owned(), content_type));
        }
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        let signer = self.signer();
        let received = Received {
            method: &self.method,
            path,
            query,
            headers: &headers,
            body: &wire.body,
        };
        verify(&received, |key| (key == self.key).then_some(&signer))
            .map(|verified| verified.sign_key.to_owned())
            .map_err(|refusal| format!("{}: {refusal:?}", self.id))
    }
}
