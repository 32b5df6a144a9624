//! Answers that an API's definition gives in place of a backend.

use bytes::Bytes;
use countersign_core::api::MockAnswer;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::{fault::Fault, header_policy};

/// The head and body that `mock` describes. Headers that are the matter of
/// the connection are left out, whatever the definition says; statuses that
/// have no body get none.
pub(crate) fn answer(mock: &MockAnswer) -> Result<Response<Bytes>, Fault> {
    if !(200..=599).contains(&mock.status) {
        return Err(Fault::Definition);
    }
    let status = StatusCode::from_u16(mock.status).map_err(|_| Fault::Definition)?;
    let body = match status {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED => {
            Bytes::new()
        }
        _ => Bytes::copy_from_slice(mock.body.as_bytes()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in &mock.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fault::Definition)?;
        let value = HeaderValue::from_str(value).map_err(|_| Fault::Definition)?;
        if header_policy::answer_may_have(&name) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mock(status: u16, headers: &[(&str, &str)]) -> MockAnswer {
        let pair = |(name, value): &(&str, &str)| ((*name).into(), (*value).into());
        MockAnswer {
            status,
            headers: headers.iter().map(pair).collect(),
            body: "text".into(),
        }
    }

    #[test]
    fn what_is_of_the_connection_is_left_out() {
        let headers = [
            ("A", "1"),
            ("Content-Length", "9"),
            ("Transfer-Encoding", "chunked"),
            ("Connection", "close"),
            ("a", "2"),
        ];
        let answer = answer(&mock(299, &headers)).unwrap();
        assert_eq!(answer.status(), 299);
        assert_eq!(answer.body(), "text");
        let left: Vec<_> = answer.headers().iter().map(|(_, value)| value).collect();
        assert_eq!(left, ["1", "2"]);
    }

    #[test]
    fn what_cannot_be_answered_is_a_fault_and_no_panic() {
        for (status, header) in [
            (199, ("a", "b")),
            (600, ("a", "b")),
            (200, ("a b", "c")),
            (200, ("a", "\n")),
        ] {
            let fault = answer(&mock(status, &[header])).unwrap_err();
            assert!(matches!(fault, Fault::Definition));
        }
    }

    #[test]
    fn some_statuses_have_no_body() {
        for status in [204, 205, 304] {
            assert!(answer(&mock(status, &[])).unwrap().body().is_empty());
        }
    }
}
