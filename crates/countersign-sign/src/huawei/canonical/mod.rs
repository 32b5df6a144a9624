//! The canonical forms of path and query (spec section 1.3).
//!
//! Both decode bytes, not characters: `%FF` stays `%FF`, and a `%` without two hex
//! digits after it stands for itself and comes out as `%25`.

mod order;
mod query;
mod recode;

use recode::{BARE_IN_PATH, recode};

pub(super) use query::Sorter;
pub use query::{Order, Reading, canonical_query};
pub use recode::Plus;

/// Appends the canonical form of a raw path to `out`: decoded once, every byte but
/// `/` and the unreserved ones encoded, with a `/` at the end unless there is one.
/// So `%2F` becomes a real slash, and `/a` and `/a/` come out alike.
pub fn canonical_uri(raw: &str, out: &mut String) {
    let start = out.len();
    recode(raw, &BARE_IN_PATH, Plus::Sign, out);
    if !out[start..].ends_with('/') {
        out.push('/');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn uri(raw: &str) -> String {
        let mut out = String::new();
        canonical_uri(raw, &mut out);
        out
    }

    #[test]
    fn uri_table() {
        for (raw, expected) in [
            ("", "/"),
            ("/", "/"),
            ("//", "//"),
            ("/a", "/a/"),
            ("/a/", "/a/"),
            ("a", "a/"),
            ("/a//b/./../c", "/a//b/./../c/"),
            ("/a%2Fb", "/a/b/"),
            ("/a%2f", "/a/"),
            ("/a%20b", "/a%20b/"),
            ("/a b+c", "/a%20b%2Bc/"),
            ("/%7e%41%2d", "/~A-/"),
            ("/%e7%ad%be", "/%E7%AD%BE/"),
            ("/签", "/%E7%AD%BE/"),
            ("/%FF%fe", "/%FF%FE/"),
            ("/%25%32%35", "/%2525/"),
            ("/%", "/%25/"),
            ("/%4", "/%254/"),
            ("/%zz%4", "/%25zz%254/"),
            ("/%%41", "/%25A/"),
            ("/%签", "/%25%E7%AD%BE/"),
            ("/%4签", "/%254%E7%AD%BE/"),
            ("/a*!'(),;:@&=$", "/a%2A%21%27%28%29%2C%3B%3A%40%26%3D%24/"),
        ] {
            assert_eq!(uri(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn uri_is_appended() {
        let mut out = "before/".to_owned();
        canonical_uri("", &mut out);
        assert_eq!(out, "before//");
    }

    proptest! {
        #[test]
        fn a_canonical_uri_of_plain_bytes_stays(raw in "/[a-zA-Z0-9._~/-]{0,20}/") {
            prop_assert_eq!(uri(&raw), raw);
        }

        #[test]
        fn any_path_comes_out_in_ascii(raw in ".*") {
            let out = uri(&raw);
            prop_assert!(out.is_ascii() && out.ends_with('/'));
        }
    }
}
