//! Raw HTTP/1.1, with line ends of either kind.

use super::{BadCapture, Captured, body, head};

pub(super) fn read(input: &[u8]) -> Result<Captured, BadCapture> {
    let mut rest = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    let mut number = 0;
    let mut captured: Option<(Captured, bool)> = None;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = match end {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        number += 1;
        rest = after;
        let is_empty = head::without_cr(line).is_empty();
        match &mut captured {
            None if is_empty => {}
            None => {
                let started = head::start(line, number)?;
                let from_target = !started.headers.is_empty();
                captured = Some((started, from_target));
            }
            Some(_) if is_empty => break,
            Some((captured, _)) => head::header(captured, line, number)?,
        }
    }
    let Some((mut captured, from_target)) = captured else {
        return Err(BadCapture::at(1, "there is no request in it"));
    };
    captured.settle_host(from_target);
    body::attach(&mut captured, rest, number + 1)?;
    Ok(captured)
}
