//! What the operations of Alibaba's dialect do.

mod definitions;
mod plugins;
mod signature_lists;
mod successes;

use serde_json::Value;

use crate::support::{Answer, OWNER, Plane, set, sign_v1, v1_params, v1_post};

/// A call in one format, all of it in a form: tables are longer than a query
/// should be.
async fn call_in(plane: &Plane, format: &str, action: &str, params: &[(&str, &str)]) -> Answer {
    let mut params = v1_params(OWNER, action, params, &plane.nonce());
    set(&mut params, "Format", Some(format));
    plane
        .send(v1_post(&sign_v1("POST", params, OWNER.secret)))
        .await
}

/// A call that has to succeed.
async fn done(plane: &Plane, action: &str, params: &[(&str, &str)]) -> Value {
    let answer = call_in(plane, "JSON", action, params).await;
    assert_eq!(answer.status, 200, "{action} {params:?}: {answer}");
    answer.json()
}

/// The code of a call that has to fail.
async fn refused(plane: &Plane, action: &str, params: &[(&str, &str)]) -> String {
    let answer = call_in(plane, "JSON", action, params).await;
    assert!(
        answer.status.is_client_error(),
        "{action} {params:?}: {answer}"
    );
    answer.code().1
}

/// One field of each entry of a list.
fn each<'a>(answer: &'a Value, wrapper: &str, item: &str, field: &str) -> Vec<&'a str> {
    let entries = answer[wrapper][item].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry[field].as_str().unwrap())
        .collect()
}
