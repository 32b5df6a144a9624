//! What is about to be sent, and its signature base.

use super::component::{BadComponent, is_field_name};
use super::message::{Scheme, write_authority};
use super::parameters::{Parameters, write_params_line};
use super::signer::{SignFailed, Signer};
use super::structured::COMPONENTS_MAX;
use super::value::{NoValue, is_printable, write_path, write_query};

/// What is about to be sent, exactly as it will be sent, and how its signature is to
/// be labelled and dated.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// The method, in its own case.
    pub method: &'a str,
    /// The scheme that the receiver sees.
    pub scheme: Scheme,
    /// `Host` as sent; signed in lower case and without the default port of the
    /// scheme (RFC 9421 section 2.2.3).
    pub authority: &'a str,
    /// The raw path as sent, without query.
    pub path: &'a str,
    /// The raw query, without `?`; signed when there is one, an empty one included. To
    /// `@query` no query is the same as an empty one (section 2.2.7).
    pub query: Option<&'a str>,
    /// `Content-Digest` as sent; signed when given.
    pub content_digest: Option<&'a str>,
    /// More fields to sign, as sent. Of a repeated field all lines, in their order.
    pub fields: &'a [(&'a str, &'a str)],
    /// The label of the signature, a key of structured fields such as `sig1`.
    pub label: &'a str,
    /// When the signature is made, in Unix seconds.
    pub created: i64,
    /// When it ends to be valid, in Unix seconds.
    pub expires: Option<i64>,
    /// A text never used before with this key, in printable ASCII.
    pub nonce: &'a str,
    /// What the signature is for, in printable ASCII.
    pub tag: Option<&'a str>,
    /// Whether to state the algorithm in `alg`.
    pub name_algorithm: bool,
    /// Random bytes for the salt of RSA-PSS and its blinding; not used otherwise.
    pub random: [u8; 32],
}

impl Outgoing<'_> {
    /// Writes the list of components with the parameters, and the signature base.
    pub(super) fn write(
        &self,
        signer: &Signer,
        params: &mut String,
        base: &mut String,
    ) -> Result<(), SignFailed> {
        params.clear();
        base.clear();
        params.push('(');
        let mut lines = Lines { params, base };
        lines.line("@method", |out| out.push_str(self.method))?;
        lines.line("@authority", |out| {
            write_authority(self.scheme, self.authority, out);
        })?;
        lines.line("@path", |out| write_path(self.path, out))?;
        if let Some(query) = self.query {
            lines.line("@query", |out| write_query(query, out))?;
        }
        if let Some(digest) = self.content_digest {
            lines.line("content-digest", |out| out.push_str(trim(digest)))?;
        }
        lines.fields(self)?;
        params.push(')');
        Parameters {
            created: Some(self.created),
            expires: self.expires,
            nonce: Some(self.nonce),
            algorithm: self.name_algorithm.then(|| signer.algorithm()),
            key_id: Some(signer.key_id()),
            tag: self.tag,
        }
        .write(params)?;
        write_params_line(params, base);
        Ok(())
    }
}

/// The list of components and the signature base, written side by side.
struct Lines<'a> {
    params: &'a mut String,
    base: &'a mut String,
}

impl Lines<'_> {
    /// `name` has no character that needs an escape.
    fn line(&mut self, name: &str, write: impl FnOnce(&mut String)) -> Result<(), SignFailed> {
        if self.params.len() > 1 {
            self.params.push(' ');
        }
        for out in [&mut *self.params, &mut *self.base] {
            out.push('"');
            out.push_str(name);
            out.push('"');
        }
        self.base.push_str(": ");
        let start = self.base.len();
        write(self.base);
        if !is_printable(&self.base[start..]) {
            return Err(SignFailed::NoValue {
                name: format!("\"{name}\""),
                why: NoValue::NotPrintable,
            });
        }
        self.base.push('\n');
        Ok(())
    }

    fn fields(&mut self, request: &Outgoing<'_>) -> Result<(), SignFailed> {
        let fields = request.fields;
        // Five derived ones and the digest stand before.
        if fields.len() > COMPONENTS_MAX - 5 {
            return Err(SignFailed::TooManyComponents);
        }
        for (index, (name, _)) in fields.iter().enumerate() {
            let same = |other: &str| other.eq_ignore_ascii_case(name);
            if fields[..index].iter().any(|(earlier, _)| same(earlier)) {
                continue;
            }
            let name = name.to_ascii_lowercase();
            if !is_field_name(&name) {
                return Err(SignFailed::Component(BadComponent::BadName { name }));
            }
            if request.content_digest.is_some() && name == "content-digest" {
                return Err(SignFailed::ComponentRepeated {
                    name: format!("\"{name}\""),
                });
            }
            self.line(&name, |out| {
                let lines = fields[index..].iter().filter(|(other, _)| same(other));
                for (nth, (_, value)) in lines.enumerate() {
                    if nth > 0 {
                        out.push_str(", ");
                    }
                    out.push_str(trim(value));
                }
            })?;
        }
        Ok(())
    }
}

/// Without the blanks that HTTP allows around a value.
fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}
