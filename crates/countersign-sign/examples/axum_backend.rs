//! A backend that answers requests which came through the gateway, and no others.
//!
//! ```text
//! cargo run -p countersign-sign --example axum_backend -- keys.json 127.0.0.1:8080
//! ```
//!
//! `keys.json` holds `{"keys":[{"scheme":"alibaba-hmac-sha256","sign_key":"DemoKey1",
//! "secret":"DemoSecret1","name":"orders","version":1,"state":"active"}]}`. With
//! `OBSERVE=1` nothing is refused: what would have been is logged.

use std::error::Error;
use std::io::{Write, stderr};
use std::sync::Arc;

use axum::{Extension, Router, routing::get};
use countersign_sign::verifier::tower::{VerifyLayer, system_clock};
use countersign_sign::verifier::{KeyList, Keys, Options, Verified, Verifier};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(address)) = (arguments.next(), arguments.next()) else {
        return Err("usage: axum_backend <keys.json> <address>".into());
    };
    let list = KeyList::from_json(&std::fs::read(file)?)?;
    if let Some(skipped) = list.skipped.first() {
        return Err(format!("key {}: {}", skipped.index, skipped.why).into());
    }
    let options = Options {
        observe: std::env::var_os("OBSERVE").is_some(),
        ..Options::default()
    };
    let verifier = Arc::new(Verifier::new(Keys::new(list.keys), options));

    let layer = VerifyLayer::new(verifier, system_clock()).with_log(Arc::new(|refusal, parts| {
        let name = refusal.as_str();
        // A log that cannot be written is no reason to answer nothing.
        let _ = writeln!(stderr(), "{} {name}: {refusal}", parts.method);
    }));
    let app = Router::new().fallback(get(hello).post(hello)).layer(layer);
    let listener = TcpListener::bind(address).await?;
    writeln!(stderr(), "listening on {}", listener.local_addr()?)?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn hello(verified: Option<Extension<Verified>>) -> String {
    match verified {
        Some(Extension(verified)) => format!(
            "signed with {}, version {} of {}, by {}\n",
            verified.sign_key(),
            verified.version(),
            verified.name(),
            verified.scheme()
        ),
        None => "not verified\n".to_owned(),
    }
}
