//! Microseconds for one verification, for each scheme.
//!
//! ```text
//! cargo run --release -p countersign-sign --example verifier_bench
//! ```
//!
//! A GET with a query and a POST with a body of 1 KiB, ten headers each, on one thread;
//! of several rounds the median. Each request has a nonce of its own where the scheme
//! has nonces, and the verifier remembers them, as it would.

mod sign;

use std::error::Error;
use std::hint::black_box;
use std::io::{Write, stdout};
use std::time::Instant;

use countersign_sign::verifier::{Body, Keys, Options, Request, Verifier};
use sign::{NOW, Signer, Text};

const ROUNDS: usize = 9;
const PER_ROUND: usize = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    writeln!(
        out,
        "{:<32} {:>10} {:>12}",
        "scheme", "GET us", "POST 1KiB us"
    )?;
    for signer in Signer::all()? {
        let get = microseconds(&signer, "GET", b"")?;
        let post = microseconds(&signer, "POST", &[b'x'; 1024])?;
        writeln!(out, "{:<32} {get:>10.2} {post:>12.2}", signer.name)?;
    }
    Ok(())
}

/// The median of the rounds.
fn microseconds(signer: &Signer, method: &str, body: &[u8]) -> Result<f64, Box<dyn Error>> {
    let verifier = Verifier::new(Keys::new([signer.key()?]), Options::default());
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let texts = (0..PER_ROUND)
            .map(|at| signer.sign(method, body, &format!("{method}-{round}-{at}")))
            .collect::<Result<Vec<Text>, _>>()?;
        let headers: Vec<Vec<_>> = texts.iter().map(Text::headers).collect();
        let start = Instant::now();
        for headers in &headers {
            let request = Request {
                method,
                target: sign::TARGET.as_bytes(),
                headers,
                body: Body::Whole(body),
            };
            black_box(verifier.verify(black_box(&request), NOW)?);
        }
        rounds.push(start.elapsed().as_secs_f64() * 1e6 / PER_ROUND as f64);
    }
    rounds.sort_by(f64::total_cmp);
    Ok(rounds[ROUNDS / 2])
}
