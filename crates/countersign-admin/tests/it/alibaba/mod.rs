mod apis;
mod auth;
mod coverage;
mod groups;
mod isolation;
mod secrets;
mod signature_bindings;
mod signatures;

use crate::support::Plane;

/// Parameters, and the status, code and message that they are answered with.
type ErrorCase<'a> = (&'a [(&'a str, &'a str)], u16, &'a str, &'a str);

/// Calls one operation with each set of parameters, and compares status, code
/// and message.
async fn check_errors(plane: &Plane, action: &str, cases: &[ErrorCase<'_>]) {
    for (params, status, code, message) in cases {
        let answer = plane.call(action, params).await;
        let got = (answer.code(), answer.message());
        assert_eq!(
            got,
            ((*status, (*code).to_owned()), (*message).to_owned()),
            "{action} {params:?}"
        );
    }
}
