//! Methods.

use super::Guess;
use crate::explain::cause::{Cause, Code};
use crate::explain::seen::Seen;

const OVERRIDES: [&str; 5] = [
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
    "x-original-method",
    "x-forwarded-method",
];
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

pub(in crate::explain) fn guesses(seen: &Seen<'_>) -> Vec<Guess> {
    let stated = OVERRIDES.iter().flat_map(|name| seen.values(name));
    let mut methods: Vec<String> = stated.map(str::to_owned).collect();
    methods.extend(METHODS.map(str::to_owned));
    methods.push(seen.method.to_ascii_uppercase());
    methods.push(seen.method.to_ascii_lowercase());
    methods
        .into_iter()
        .filter(|method| method != seen.method)
        .map(|method| {
            let cause = Cause::of(Code::MethodChanged).was(seen.method, &*method);
            (cause, method)
        })
        .collect()
}
