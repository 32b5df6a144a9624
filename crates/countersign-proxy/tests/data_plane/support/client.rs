//! A client that sends raw bytes.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
};

use super::PATIENCE;

pub struct Client {
    pub socket: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn all(&self, name: &str) -> Vec<&str> {
        let fields = super::lines(&self.head)
            .into_iter()
            .map(|line| line.split_once(": ").unwrap_or((line, "")));
        fields
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    /// Our code for a fault, after checking that all that belongs to it is there.
    pub fn fault(&self) -> &str {
        let code = self
            .header("x-countersign-error")
            .unwrap_or_else(|| panic!("no fault: {self:?}"));
        assert_eq!(self.header("x-ca-error-code").unwrap().len(), 6);
        assert!(!self.header("x-ca-error-message").unwrap().is_empty());
        let id = self.header("x-ca-request-id").unwrap();
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(body["Code"], code);
        assert_eq!(body["RequestId"], id);
        code
    }
}

impl Reply {
    /// The error in Huawei's form, after checking that all that belongs to it
    /// is there and nothing of the other form: status, code, text, our code.
    pub fn huawei_fault(&self) -> (u16, String, String, String) {
        let ours = self.header("x-countersign-error");
        let ours = ours.unwrap_or_else(|| panic!("no fault: {self:?}"));
        assert!(!self.head.to_lowercase().contains("x-ca-"), "{self:?}");
        assert_eq!(self.all("content-type"), ["application/json"]);
        let id = self.huawei_request_id();
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(body["request_id"], id);
        assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        let (code, message) = (text("error_code"), text("error_msg"));
        (self.status, code, message, ours.to_owned())
    }

    /// The one `X-Request-Id`, which is 32 lower-case hex digits.
    pub fn huawei_request_id(&self) -> &str {
        let [id] = self.all("x-request-id")[..] else {
            panic!("{self:?}");
        };
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        assert!(id.len() == 32 && id.bytes().all(is_digit), "{id}");
        id
    }
}

impl Client {
    pub fn to(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        socket.set_nodelay(true).unwrap();
        Self {
            socket,
            buffer: Vec::new(),
        }
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.socket.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// Sends a request and reads its answer.
    pub fn call(&mut self, request: impl AsRef<[u8]>) -> Reply {
        self.send(request).reply()
    }

    /// A GET of `path` with more header lines, each with its line end.
    pub fn get(&mut self, path: &str, more: &str) -> Reply {
        self.call(format!(
            "GET {path} HTTP/1.1\r\nHost: api.test\r\n{more}\r\n"
        ))
    }

    /// A request at any host; `more` are header lines, each with its line end.
    pub fn at(&mut self, host: &str, method: &str, path: &str, more: &str, body: &[u8]) -> Reply {
        let framing = match body {
            [] if method == "GET" || method == "HEAD" => String::new(),
            body => format!("Content-Length: {}\r\n", body.len()),
        };
        self.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{framing}{more}\r\n"
        ));
        self.send(body);
        match method {
            "HEAD" => self.bare_reply(),
            _ => self.reply(),
        }
    }

    /// A POST with a body of known length.
    pub fn post(&mut self, path: &str, more: &str, body: &[u8]) -> Reply {
        self.send(format!(
            "POST {path} HTTP/1.1\r\nHost: api.test\r\nContent-Length: {}\r\n{more}\r\n",
            body.len()
        ));
        self.send(body).reply()
    }

    /// The next answer.
    pub fn reply(&mut self) -> Reply {
        self.read_reply(true)
    }

    /// The next answer, which has a head only.
    pub fn bare_reply(&mut self) -> Reply {
        self.read_reply(false)
    }

    fn read_reply(&mut self, has_body: bool) -> Reply {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(
                self.fill(),
                "the connection ended before an answer: {}",
                self.buffer.escape_ascii()
            );
        };
        let head = String::from_utf8(self.buffer.drain(..end).collect()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut reply = Reply {
            status,
            head,
            body: Vec::new(),
        };
        if !has_body || status == 204 || status == 304 || status < 200 {
            return reply;
        }
        if reply.header("transfer-encoding").is_some() {
            loop {
                let line = self.until_line_end();
                let size = usize::from_str_radix(line.trim(), 16).unwrap();
                let data = self.take(size + 2);
                reply.body.extend_from_slice(&data[..size]);
                if size == 0 {
                    break;
                }
            }
        } else if let Some(length) = reply.header("content-length") {
            let length = length.parse().unwrap();
            reply.body = self.take(length);
        } else {
            while self.fill() {}
            reply.body = std::mem::take(&mut self.buffer);
        }
        reply
    }

    fn until_line_end(&mut self) -> String {
        loop {
            if let Some(at) = self.buffer.iter().position(|b| *b == b'\n') {
                return String::from_utf8(self.take(at + 1)).unwrap();
            }
            assert!(self.fill());
        }
    }

    pub fn take(&mut self, count: usize) -> Vec<u8> {
        while self.buffer.len() < count {
            assert!(self.fill(), "the connection ended in a body");
        }
        self.buffer.drain(..count).collect()
    }

    fn fill(&mut self) -> bool {
        let mut piece = [0; 16 * 1024];
        match self.socket.read(&mut piece) {
            Ok(0) => false,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("reading failed: {error}"),
            Ok(read) => {
                self.buffer.extend_from_slice(&piece[..read]);
                true
            }
        }
    }

    /// Whether nothing more comes but the end of the connection.
    pub fn is_closed(&mut self) -> bool {
        let more = self.fill();
        !more && self.buffer.is_empty()
    }

    /// Everything that comes until the end of the connection.
    pub fn rest(&mut self) -> Vec<u8> {
        while self.fill() {}
        std::mem::take(&mut self.buffer)
    }

    /// Forgets what was read but not taken; says how much that was.
    pub fn take_buffered(&mut self) -> usize {
        std::mem::take(&mut self.buffer).len()
    }

    pub fn end_sending(&self) {
        self.socket.shutdown(Shutdown::Write).unwrap();
    }
}
