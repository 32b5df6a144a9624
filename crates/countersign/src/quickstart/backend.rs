//! The sample backend: it verifies every request as any backend would, and
//! answers with the sign key and version that it verified.

use std::{
    collections::HashMap,
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use countersign_core::{AccountId, KeyVersion, Signing};
use countersign_sign::alibaba::backend::{Received, Refusal, verify};
use countersign_store::Store;
use serde_json::{Value, json};

/// What the sample backend knows of keys: those in force now, and the ones it
/// has seen before, since a request signed just before a change may arrive just
/// after it.
struct Keys {
    store: Store,
    account: AccountId,
    seen: Mutex<HashMap<String, Arc<KeyVersion>>>,
}

pub(super) async fn serve(listener: TcpListener, store: Store, account: AccountId) {
    let keys = Arc::new(Keys {
        store,
        account,
        seen: Mutex::default(),
    });
    let app = Router::new().fallback(answer).with_state(keys);
    let served = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => axum::serve(listener, app).await,
        Err(error) => Err(error),
    };
    if let Err(error) = served {
        tracing::error!(%error, "the sample backend ended");
    }
}

async fn answer(
    State(keys): State<Arc<Keys>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let received = Received {
        method: method.as_str(),
        path: uri.path(),
        query: uri.query(),
        headers: &headers,
        body: &body,
    };
    match keys.check(&received) {
        Ok(version) => {
            let (sign_key, number) = (version.sign_key.as_str(), version.number.number());
            let message = "hello from the sample backend";
            json_answer(
                StatusCode::OK,
                &json!({ "message": message, "verified": true, "sign_key": sign_key, "key_version": number }),
            )
        }
        Err(refusal) => {
            let reason = refusal.to_string();
            json_answer(
                StatusCode::FORBIDDEN,
                &json!({ "message": "InvalidSignature", "verified": false, "reason": reason }),
            )
        }
    }
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    (
        status,
        [(CONTENT_TYPE, "application/json")],
        format!("{body}\n"),
    )
        .into_response()
}

impl Keys {
    fn check(&self, received: &Received<'_>) -> Result<Arc<KeyVersion>, Refusal> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.store.snapshot();
        for key in snapshot.signature_keys(&self.account) {
            seen.insert(key.active.sign_key.to_string(), Arc::clone(&key.active));
        }
        let verified = verify(received, |sign_key| {
            match seen.get(sign_key).map(|version| version.signing()) {
                Some(Signing::Alibaba(signer)) => Some(signer),
                _ => None,
            }
        })?;
        Ok(Arc::clone(&seen[verified.sign_key]))
    }
}
