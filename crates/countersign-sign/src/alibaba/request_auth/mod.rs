//! How callers of the management API sign their requests (spec section 1).

pub mod clock;
pub mod v1;
pub mod v3;

use crate::params::percent_encode_into;

/// Decoded parameters sorted by the bytes of their names, encoded and joined: the
/// text both schemes sign (spec section 1.5, steps 2 to 4). An empty value keeps
/// its `=`. Entries of one name stay in the order given.
fn canonical_query<'a>(params: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut params: Vec<_> = params.collect();
    params.sort_by_key(|(name, _)| *name);
    // Room for the worst case: a buffer that never moves leaves no copies behind.
    let longest = params
        .iter()
        .map(|(n, v)| 3 * (n.len() + v.len()) + 2)
        .sum();
    let mut out = String::with_capacity(longest);
    for (index, (name, value)) in params.into_iter().enumerate() {
        if index > 0 {
            out.push('&');
        }
        percent_encode_into(&mut out, name.as_bytes());
        out.push('=');
        percent_encode_into(&mut out, value.as_bytes());
    }
    out
}

fn as_texts(params: &[(impl AsRef<str>, impl AsRef<str>)]) -> impl Iterator<Item = (&str, &str)> {
    params.iter().map(|(n, v)| (n.as_ref(), v.as_ref()))
}
