//! The endpoints, one table.

use std::borrow::Cow;

use countersign_sign::params;
use http::Method;

use super::{Answer, Call, Refusal, apis, explain, keys, next_version, status, users, verifiers};

macro_rules! endpoints {
    ($($name:ident: $method:literal $path:literal => $run:path,)*) => {
        /// One endpoint of the native API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Endpoint {
            $($name,)*
        }

        /// Method and path of every native endpoint.
        pub const ENDPOINTS: &[(&str, &str)] = &[$(($method, $path),)*];

        impl Endpoint {
            const ALL: &[Self] = &[$(Self::$name,)*];

            /// What logs call it.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            fn method_and_path(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$name => ($method, $path),)*
                }
            }

            /// Carries it out.
            pub(super) async fn run(self, call: &Call<'_>) -> Result<Answer, Refusal> {
                match self {
                    $(Self::$name => $run(call).await,)*
                }
            }
        }
    };
}

endpoints! {
    ListKeys: "GET" "/api/v1/keys" => keys::list,
    CreateKey: "POST" "/api/v1/keys" => keys::create,
    ShowKey: "GET" "/api/v1/keys/{key}" => keys::show,
    ChangeKey: "PATCH" "/api/v1/keys/{key}" => keys::change,
    DeleteKey: "DELETE" "/api/v1/keys/{key}" => keys::delete,
    StageVersion: "PUT" "/api/v1/keys/{key}/next" => next_version::stage,
    DropNextVersion: "DELETE" "/api/v1/keys/{key}/next" => next_version::drop_next,
    ActivateVersion: "POST" "/api/v1/keys/{key}/activate" => next_version::activate,
    ExplainRequest: "POST" "/api/v1/keys/{key}/explain" => explain::explain,
    ListApis: "GET" "/api/v1/apis" => apis::list,
    ShowApi: "GET" "/api/v1/apis/{api}" => apis::show,
    ChangeApi: "PATCH" "/api/v1/apis/{api}" => apis::change,
    ListUsers: "GET" "/api/v1/users" => users::list,
    CreateUser: "POST" "/api/v1/users" => users::create,
    ShowUser: "GET" "/api/v1/users/{user}" => users::show,
    ChangeUser: "PATCH" "/api/v1/users/{user}" => users::change,
    DeleteUser: "DELETE" "/api/v1/users/{user}" => users::delete,
    ListVerifiers: "GET" "/api/v1/verifiers" => verifiers::list,
    CreateVerifier: "POST" "/api/v1/verifiers" => verifiers::create,
    ShowVerifier: "GET" "/api/v1/verifiers/{verifier}" => verifiers::show,
    DeleteVerifier: "DELETE" "/api/v1/verifiers/{verifier}" => verifiers::delete,
    ShowStatus: "GET" "/api/v1/status" => status::show,
}

impl Endpoint {
    /// The endpoint of a method and a raw path, and what stands for the name in
    /// braces.
    pub(super) fn find(method: &Method, path: &str) -> Result<(Self, String), Refusal> {
        let mut allowed = Vec::new();
        for endpoint in Self::ALL {
            let (own_method, template) = endpoint.method_and_path();
            let Some(named) = capture(template, path) else {
                continue;
            };
            if method.as_str() == own_method {
                return Ok((*endpoint, named));
            }
            allowed.push(own_method);
        }
        if allowed.is_empty() {
            return Err(Refusal::NoSuchEndpoint);
        }
        Err(Refusal::MethodNotAllowed {
            allowed: allowed.join(", "),
        })
    }
}

/// What `path` has in the place of the braces in `template`; `None` when it
/// does not match.
fn capture(template: &str, path: &str) -> Option<String> {
    let Some((prefix, rest)) = template.split_once('{') else {
        return (template == path).then(String::new);
    };
    let suffix = rest.split_once('}').map_or("", |(_, suffix)| suffix);
    let raw = path
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_suffix(suffix))
        .filter(|rest| !rest.is_empty() && !rest.contains('/'))?;
    // As in a query, but a plus in a path is a plus.
    let raw = format!("k={}", raw.replace('+', "%2B").replace('&', "%26"));
    let decoded = params::decode(raw.as_bytes()).next();
    decoded.map(|(_, named)| Cow::into_owned(named))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn the_page_names_every_endpoint_and_no_other() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/native.md");
        let page = fs::read_to_string(page).unwrap();
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        let written: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
        let own = ENDPOINTS.iter();
        let own: Vec<_> = own
            .map(|(method, path)| format!("{method} {path}"))
            .collect();
        assert_eq!(written, own);
    }

    #[test]
    fn paths() {
        for (method, path, found) in [
            (Method::GET, "/api/v1/keys", Some((Endpoint::ListKeys, ""))),
            (
                Method::GET,
                "/api/v1/keys/a%E4%B8%AD+&b",
                Some((Endpoint::ShowKey, "a中+&b")),
            ),
            (
                Method::PATCH,
                "/api/v1/keys/a",
                Some((Endpoint::ChangeKey, "a")),
            ),
            (
                Method::DELETE,
                "/api/v1/users/o%40b",
                Some((Endpoint::DeleteUser, "o@b")),
            ),
            (
                Method::PUT,
                "/api/v1/keys/a/next",
                Some((Endpoint::StageVersion, "a")),
            ),
            (
                Method::GET,
                "/api/v1/keys/next",
                Some((Endpoint::ShowKey, "next")),
            ),
            (Method::PUT, "/api/v1/keys//next", None),
            (Method::GET, "/api/v1/keys/", None),
            (Method::GET, "/api/v1/keys/a/b", None),
            (Method::PUT, "/api/v1/keys", None),
        ] {
            let got = Endpoint::find(&method, path).ok();
            assert_eq!(
                got,
                found.map(|(endpoint, named)| (endpoint, named.to_owned())),
                "{method} {path}"
            );
        }
        let refused = Endpoint::find(&Method::PUT, "/api/v1/keys");
        assert!(
            matches!(refused, Err(Refusal::MethodNotAllowed { allowed }) if allowed == "GET, POST")
        );
    }
}
