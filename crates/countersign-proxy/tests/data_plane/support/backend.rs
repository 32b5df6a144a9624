//! A backend that records the bytes it gets.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use super::PATIENCE;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// The number of the connection, from 0.
    pub connection: usize,
    /// Everything up to and with the empty line.
    pub head: String,
    /// The body, without transfer coding.
    pub body: Vec<u8>,
    /// The body as it was on the wire.
    pub raw_body: Vec<u8>,
}

impl Received {
    pub fn request_line(&self) -> &str {
        self.head.split("\r\n").next().unwrap()
    }

    pub fn method(&self) -> &str {
        self.request_line().split(' ').next().unwrap()
    }

    pub fn path(&self) -> &str {
        self.target().split('?').next().unwrap()
    }

    fn target(&self) -> &str {
        self.request_line().split(' ').nth(1).unwrap()
    }

    /// Names as spelled, with values.
    pub fn headers(&self) -> Vec<(&str, &str)> {
        super::lines(&self.head)
            .into_iter()
            .map(|line| line.split_once(": ").unwrap_or((line, "")))
            .collect()
    }

    /// The values of a header, in order, its name in any case.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers()
            .into_iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }
}

/// What a backend does with a request.
pub enum Action {
    Reply(Vec<u8>),
    ReplyThenClose(Vec<u8>),
    Close,
    /// Waits for a word from the test, then goes on as told.
    Wait(Receiver<()>, Box<Self>),
    /// Hands the connection to the test.
    HandOver(Sender<TcpStream>),
}

/// A plain answer.
pub fn ok(body: &str) -> Action {
    Action::Reply(
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
    )
}

type Script = dyn Fn(usize, &Received) -> Action + Send + Sync;

pub struct Backend {
    pub address: SocketAddr,
    received: Receiver<Received>,
    closed: Receiver<usize>,
    connections: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
}

impl Backend {
    /// One that answers everything with 200 and `ok`.
    pub fn start() -> Self {
        Self::scripted(|_, _| ok("ok"))
    }

    /// One that does with each request, numbered from 0, what `script` says.
    pub fn scripted(script: impl Fn(usize, &Received) -> Action + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, bytes) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (report, received) = mpsc::channel();
        let (report_closed, closed) = mpsc::channel();
        let script: Arc<Script> = Arc::new(script);
        let requests = Arc::new(AtomicUsize::new(0));
        let counters = (Arc::clone(&connections), Arc::clone(&bytes));
        thread::spawn(move || {
            for socket in listener.incoming() {
                let connection = Connection {
                    number: counters.0.fetch_add(1, Ordering::SeqCst),
                    socket: socket.unwrap(),
                    buffer: Vec::new(),
                    bytes: Arc::clone(&counters.1),
                };
                let (report, script, requests) =
                    (report.clone(), Arc::clone(&script), Arc::clone(&requests));
                let report_closed = report_closed.clone();
                thread::spawn(move || {
                    let number = connection.number;
                    connection.serve(&report, &*script, &requests);
                    let _ = report_closed.send(number);
                });
            }
        });
        Self {
            address,
            received,
            closed,
            connections,
            bytes,
        }
    }

    /// The next request.
    pub fn request(&self) -> Received {
        self.received
            .recv_timeout(PATIENCE)
            .expect("a request reaches the backend")
    }

    /// A request, if one has arrived.
    pub fn try_request(&self) -> Option<Received> {
        self.received.try_recv().ok()
    }

    /// Waits until a connection has ended, and gives its number.
    pub fn closed(&self) -> usize {
        self.closed
            .recv_timeout(PATIENCE)
            .expect("a connection ends")
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many bytes have arrived in all.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::SeqCst)
    }
}

struct Connection {
    number: usize,
    socket: TcpStream,
    buffer: Vec<u8>,
    bytes: Arc<AtomicUsize>,
}

impl Connection {
    fn serve(mut self, report: &Sender<Received>, script: &Script, requests: &AtomicUsize) {
        while let Some(received) = self.read_request() {
            let number = requests.fetch_add(1, Ordering::SeqCst);
            let action = script(number, &received);
            let _ = report.send(received);
            if !self.act(action) {
                return;
            }
        }
    }

    fn act(&mut self, action: Action) -> bool {
        match action {
            Action::Reply(bytes) => self.socket.write_all(&bytes).is_ok(),
            Action::ReplyThenClose(bytes) => {
                let _ = self.socket.write_all(&bytes);
                false
            }
            Action::Close => false,
            Action::Wait(word, then) => {
                let _ = word.recv();
                self.act(*then)
            }
            Action::HandOver(to) => {
                let _ = to.send(self.socket.try_clone().unwrap());
                // Reads on, so that the end of the connection is noticed.
                while self.fill() {}
                false
            }
        }
    }

    fn fill(&mut self) -> bool {
        let mut piece = [0; 16 * 1024];
        match self.socket.read(&mut piece) {
            Ok(0) | Err(_) => false,
            Ok(read) => {
                self.bytes.fetch_add(read, Ordering::SeqCst);
                self.buffer.extend_from_slice(&piece[..read]);
                true
            }
        }
    }

    fn read_request(&mut self) -> Option<Received> {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if !self.fill() {
                return None;
            }
        };
        let head = String::from_utf8(self.buffer.drain(..end).collect()).unwrap();
        let mut received = Received {
            connection: self.number,
            head,
            body: Vec::new(),
            raw_body: Vec::new(),
        };
        if received.header("transfer-encoding").is_some() {
            loop {
                let line = self.take_line(&mut received.raw_body)?;
                let size = usize::from_str_radix(line.trim(), 16).unwrap();
                let data = self.take(size + 2)?;
                received.raw_body.extend_from_slice(&data);
                received.body.extend_from_slice(&data[..size]);
                if size == 0 {
                    break;
                }
            }
        } else if let Some(length) = received.header("content-length") {
            received.body = self.take(length.parse().unwrap())?;
            received.raw_body = received.body.clone();
        }
        Some(received)
    }

    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < count {
            if !self.fill() {
                return None;
            }
        }
        Some(self.buffer.drain(..count).collect())
    }

    fn take_line(&mut self, raw: &mut Vec<u8>) -> Option<String> {
        loop {
            if let Some(at) = self.buffer.iter().position(|b| *b == b'\n') {
                let line = self.take(at + 1)?;
                raw.extend_from_slice(&line);
                return Some(String::from_utf8(line).unwrap());
            }
            if !self.fill() {
                return None;
            }
        }
    }
}
