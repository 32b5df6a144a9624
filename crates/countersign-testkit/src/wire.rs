//! HTTP/1.1 as bytes: what a test sends and what it reads, nothing hidden.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long a test waits for bytes that have to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request or an answer, as it came over the wire.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// The request line or status line.
    pub start: String,
    /// Names as spelled, values without the blanks around them.
    pub headers: Vec<(String, String)>,
    /// Without transfer coding.
    pub body: Vec<u8>,
}

impl Message {
    /// The values of a header, its name in any case.
    pub fn values(&self, name: &str) -> Vec<&str> {
        let own = self
            .headers
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str()).collect()
    }

    /// The one value of a header, its name in any case.
    pub fn value(&self, name: &str) -> Option<&str> {
        let values = self.values(name);
        assert!(values.len() < 2, "{name} stands more than once");
        values.first().copied()
    }

    /// An answer's status.
    pub fn status(&self) -> u16 {
        self.start
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .expect("a status line has a code")
    }

    /// A request's method, path and query.
    pub fn request_line(&self) -> (&str, &str, Option<&str>) {
        let mut parts = self.start.split(' ');
        let (method, target) = (
            parts.next().expect("a method"),
            parts.next().expect("a target"),
        );
        match target.split_once('?') {
            Some((path, query)) => (method, path, Some(query)),
            None => (method, target, None),
        }
    }

    /// The headers as borrowed pairs.
    pub fn header_pairs(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }
}

/// A client's connection, kept between calls.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    pub fn to(address: SocketAddr) -> Self {
        Self::try_to(address).expect("the gateway accepts")
    }

    /// Connects to what may be gone by now.
    ///
    /// # Errors
    /// Nobody accepts.
    pub fn try_to(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads an answer to a request with this method.
    pub fn receive(&mut self, method: &str) -> io::Result<Message> {
        let mut message = read_head(&mut self.stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if method != "HEAD" && !matches!(message.status(), 204 | 304) {
            message.body = read_body(&mut self.stream, &message)?;
        }
        Ok(message)
    }

    /// Sends a request and reads its answer.
    pub fn call(&mut self, request: &str) -> io::Result<Message> {
        self.send(request.as_bytes())?;
        self.receive(request.split(' ').next().unwrap_or_default())
    }

    /// Whether the other side closes, with nothing more sent.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.stream.fill_buf(), Ok([]))
    }
}

/// Reads a head; `None` when the other side has closed before it.
pub(crate) fn read_head(stream: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut message = Message::default();
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    line.trim_end_matches(['\r', '\n'])
        .clone_into(&mut message.start);
    loop {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = line.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Ok(Some(message));
        }
        let (name, value) = text.split_once(':').ok_or(io::ErrorKind::InvalidData)?;
        message
            .headers
            .push((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()));
    }
}

/// Reads the body that the head announces.
pub(crate) fn read_body(stream: &mut impl BufRead, head: &Message) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if head
        .value("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    {
        loop {
            let mut line = String::new();
            stream.read_line(&mut line)?;
            let size =
                u64::from_str_radix(line.trim(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
            let before = body.len() as u64;
            stream.take(size).read_to_end(&mut body)?;
            if body.len() as u64 - before != size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            stream.read_line(&mut String::new())?;
            if size == 0 {
                return Ok(body);
            }
        }
    }
    let length = head
        .value("content-length")
        .map_or(Ok(0), str::parse)
        .map_err(|_| io::ErrorKind::InvalidData)?;
    stream.take(length).read_to_end(&mut body)?;
    if body.len() as u64 == length {
        Ok(body)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}
