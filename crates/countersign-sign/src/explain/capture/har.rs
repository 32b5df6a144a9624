//! HTTP Archives (HAR 1.2), as browsers and proxies save them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{BadCapture, Captured, CapturedBody, ENTRIES_MAX, choose, head, wire};

pub(super) fn read(input: &[u8], entry: Option<usize>) -> Result<Captured, BadCapture> {
    let text = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    let mut har: Value = serde_json::from_slice(text).map_err(|error| {
        let why = format!("not JSON, at column {}", error.column());
        BadCapture::at(error.line(), why)
    })?;
    let bad = |why: &str| BadCapture::at(1, why);
    if har.get("target").is_some() {
        return wire::read(&har).map_err(|wrong| BadCapture::at(1, wrong.to_string()));
    }
    let requests: Vec<Value> = match har.pointer_mut("/log/entries").map(Value::take) {
        Some(Value::Array(entries)) if entries.len() > ENTRIES_MAX => {
            return Err(BadCapture::at(
                1,
                format!("more than {ENTRIES_MAX} entries"),
            ));
        }
        Some(Value::Array(mut entries)) => entries
            .iter_mut()
            .map(|entry| entry.get_mut("request").map_or(Value::Null, Value::take))
            .collect(),
        Some(_) => return Err(bad("log.entries is no list")),
        None if har.get("request").is_some() => vec![har["request"].take()],
        None if har.get("url").is_some() => vec![har],
        None => return Err(bad("neither a HAR nor an entry of one")),
    };
    request(&choose(requests, entry)?)
}

fn request(request: &Value) -> Result<Captured, BadCapture> {
    let bad = |why: &str| BadCapture::at(1, why);
    let text = |field: &str| request.get(field).and_then(Value::as_str);
    let method = text("method").ok_or_else(|| bad("request.method is missing"))?;
    let url = text("url").ok_or_else(|| bad("request.url is missing"))?;
    if !(url.starts_with("http://") || url.starts_with("https://") || url.starts_with('/')) {
        return Err(bad("request.url is no URL of HTTP"));
    }
    let mut captured = Captured {
        method: method.to_owned(),
        target: url.as_bytes().to_vec(),
        headers: Vec::new(),
        body: CapturedBody::Unknown,
        notes: Vec::new(),
    };
    captured.take_authority();
    let from_target = !captured.headers.is_empty();
    let headers = request.get("headers").and_then(Value::as_array);
    for header in headers.ok_or_else(|| bad("request.headers is no list"))? {
        let part = |part: &str| header.get(part).and_then(Value::as_str);
        let (Some(name), Some(value)) = (part("name"), part("value")) else {
            return Err(bad("a header without a name or a value"));
        };
        match name {
            ":path" => captured.target = value.as_bytes().to_vec(),
            ":authority" => {
                head::push(&mut captured, "Host", value.as_bytes()).map_err(|why| bad(&why))?;
            }
            _ if name.starts_with(':') => {}
            _ => head::push(&mut captured, name, value.as_bytes()).map_err(|why| bad(&why))?,
        }
    }
    captured.settle_host(from_target);
    captured.body = body(request, &mut captured.notes);
    Ok(captured)
}

fn body(request: &Value, notes: &mut Vec<String>) -> CapturedBody {
    let data = request.get("postData").filter(|data| !data.is_null());
    let Some(data) = data else {
        let is_empty = request
            .get("bodySize")
            .and_then(Value::as_i64)
            .is_none_or(|size| size <= 0);
        return if is_empty {
            CapturedBody::Known(Vec::new())
        } else {
            CapturedBody::Unknown
        };
    };
    let text = data.get("text").and_then(Value::as_str);
    let is_base64 = data.get("encoding").and_then(Value::as_str) == Some("base64");
    match text {
        Some(text) if is_base64 => STANDARD
            .decode(text)
            .map_or(CapturedBody::Unknown, CapturedBody::Known),
        Some(text) => {
            let size = request.get("bodySize").and_then(Value::as_u64);
            if size.is_some_and(|size| size > 0 && size != text.len() as u64) {
                notes.push(format!(
                    "the HAR has {} bytes of body, and bodySize says {}: what is no text is lost in a HAR",
                    text.len(),
                    size.unwrap_or_default()
                ));
            }
            CapturedBody::Known(text.as_bytes().to_vec())
        }
        None => CapturedBody::Unknown,
    }
}
