//! Passwords and tokens are in no log and in no `Debug`.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::MakeWriter;

use super::*;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn are_nowhere_but_in_the_one_answer() {
    // For the whole process: one for a single thread can miss what another
    // thread was the first to log. No other test here sets one.
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let plane = Plane::new().await;
    user(&plane, USER, Some(PASSWORD)).await;
    let given = ask(&plane, &asked(olivia(), in_region())).await;
    let token = given.header("x-subject-token").unwrap();
    let mut wrong = olivia();
    wrong["password"] = "Planted horse".into();
    let refused = ask(&plane, &asked(wrong, in_region())).await;
    let forged = format!("{token}x");
    let forged = with_token(&plane, &forged, "GET", "/v3/projects", Value::Null).await;
    let listed = with_token(&plane, token, "GET", "/v1.0/apigw/signs", Value::Null).await;
    let shown = plane.native("GET", "/api/v1/users/olivia", None).await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for (answer, expected) in [
        (&given, "KeystoneCreateUserTokenByPassword"),
        (&refused, "wrong_password"),
        (&forged, "token_unknown"),
    ] {
        let id = answer.header("x-request-id").unwrap();
        let mut lines = log.lines().filter(|line| line.contains(id));
        assert!(lines.any(|line| line.contains(expected)), "{log}");
    }
    let debug = format!("{:?} {:?}", plane.admin, plane.store.snapshot());
    for secret in [PASSWORD, "Planted", token, "argon2"] {
        for text in [&log, &debug, &refused.body, &listed.body, &shown.body] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}
