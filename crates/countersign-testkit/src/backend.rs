//! A backend that records what reaches it.

use std::{
    io::{BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::wire::{Message, read_body, read_head};

/// What a backend answers with, made from what it was sent.
type Answer = dyn Fn(&Message) -> Vec<u8> + Send + Sync;

/// A backend on port 0 that records every request and answers by a function.
pub struct RecordingBackend {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Message>>>,
}

impl RecordingBackend {
    /// Answers 200 with an empty body.
    pub fn start() -> Self {
        Self::answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec())
    }

    /// Answers 200 with a JSON text of the request that came: its start line,
    /// headers and body, so that a client knows what was made of its own call.
    pub fn echoing() -> Self {
        Self::answering(|request| {
            let body = serde_json::json!({
                "start": request.start,
                "headers": request.headers,
                "body": hex::encode(&request.body),
            })
            .to_string();
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        })
    }

    /// Answers what `answer` makes of each request.
    pub fn answering(answer: impl Fn(&Message) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let requests: Arc<Mutex<Vec<Message>>> = Arc::default();
        let (recorded, answer): (_, Arc<Answer>) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (recorded, answer) = (Arc::clone(&recorded), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &recorded, &*answer));
            }
        });
        Self { address, requests }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as an API is told it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has reached it so far.
    pub fn requests(&self) -> Vec<Message> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The newest request that has reached it.
    pub fn last(&self) -> Message {
        self.requests()
            .pop()
            .expect("a request has reached the backend")
    }
}

/// Reads an echoed request back from an answer of [`RecordingBackend::echoing`].
pub fn echoed(answer: &Message) -> Message {
    #[derive(serde::Deserialize)]
    struct Echo {
        start: String,
        headers: Vec<(String, String)>,
        body: String,
    }
    let echo: Echo = serde_json::from_slice(&answer.body).expect("the backend echoes");
    Message {
        start: echo.start,
        headers: echo.headers,
        body: hex::decode(echo.body).expect("the body is hex"),
    }
}

fn serve(stream: TcpStream, recorded: &Mutex<Vec<Message>>, answer: &Answer) {
    let mut reader = BufReader::new(stream);
    while let Ok(Some(mut message)) = read_head(&mut reader) {
        let Ok(body) = read_body(&mut reader, &message) else {
            return;
        };
        message.body = body;
        let bytes = answer(&message);
        recorded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message);
        if reader.get_mut().write_all(&bytes).is_err() {
            return;
        }
    }
}
