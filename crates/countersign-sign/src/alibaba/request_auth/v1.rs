//! The v1 request signature, HMAC-SHA1 (spec section 1.5).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::as_texts;
use crate::params::percent_encode_into;
use crate::secret::{Secret, texts_equal};
use crate::signed_text::SignedText;

/// The parameter that carries the signature, and the only one not signed.
pub const SIGNATURE_PARAMETER: &str = "Signature";

/// The signature presented is not the one computed. A caller gets the string to
/// sign back in the answer; `Debug` withholds it.
#[derive(Debug, thiserror::Error)]
#[error("the signature differs from the one computed")]
pub struct Mismatch {
    /// What was signed here, to compare with what the caller signed.
    pub string_to_sign: SignedText,
}

/// Steps 1 to 4: the decoded parameters of query and form, without
/// [`SIGNATURE_PARAMETER`] (dropped if it is among them), sorted, encoded and joined.
pub fn canonical_query(params: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    super::canonical_query(as_texts(params).filter(|(name, _)| *name != SIGNATURE_PARAMETER))
}

/// Step 5: the method in upper case, `&%2F&` and the canonical query encoded once more.
pub fn string_to_sign(method: &str, params: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    const PATH: &str = "&%2F&";
    let query = Zeroizing::new(canonical_query(params));
    let mut out = String::with_capacity(method.len() + PATH.len() + 3 * query.len());
    out.push_str(method);
    out.make_ascii_uppercase();
    out.push_str(PATH);
    percent_encode_into(&mut out, query.as_bytes());
    out
}

/// Step 6: Base64 of HMAC-SHA1, the key being the secret and one `&`.
pub fn sign(secret: &Secret, string_to_sign: &str) -> String {
    let key = Zeroizing::new([secret.expose(), "&"].concat());
    let mut mac =
        Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(string_to_sign.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Step 7: whether `presented`, the decoded signature parameter, is exactly the
/// signature of these parameters. Compared as text, in constant time.
///
/// # Errors
/// [`Mismatch`] with the string to sign computed here.
pub fn verify(
    secret: &Secret,
    method: &str,
    params: &[(impl AsRef<str>, impl AsRef<str>)],
    presented: &str,
) -> Result<(), Mismatch> {
    let string_to_sign = SignedText::new(string_to_sign(method, params));
    if texts_equal(&sign(secret, string_to_sign.as_str()), presented) {
        Ok(())
    } else {
        Err(Mismatch { string_to_sign })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secret() -> Secret {
        Secret::new("planted".to_owned())
    }

    #[test]
    fn canonical_query_table() {
        let check = |params: &[(&str, &str)], expected: &str| {
            assert_eq!(canonical_query(params), expected);
        };
        check(&[], "");
        check(&[("b", "2"), ("a", "")], "a=&b=2");
        check(&[("a", "1"), ("B", "2"), ("_", "3")], "B=2&_=3&a=1");
        check(&[("Tag.10", ""), ("Tag.1.Key", "")], "Tag.1.Key=&Tag.10=");
        check(
            &[("a b", "c+*~"), ("中", "/")],
            "a%20b=c%2B%2A~&%E4%B8%AD=%2F",
        );
        check(&[("a", "2"), ("a", "1")], "a=2&a=1");
        check(&[("Signature", "x"), ("signature", "y")], "signature=y");
        // By bytes of UTF-8, unlike the signature on requests to a backend.
        check(&[("😀", ""), ("～", "")], "%EF%BD%9E=&%F0%9F%98%80=");
    }

    #[test]
    fn string_to_sign_encodes_once_more() {
        let params = [("ApiIds", "a,b")];
        assert_eq!(string_to_sign("get", &params), "GET&%2F&ApiIds%3Da%252Cb");
        let none: [(&str, &str); 0] = [];
        assert_eq!(string_to_sign("POST", &none), "POST&%2F&");
    }

    #[test]
    fn a_signature_in_another_spelling_is_refused() {
        let params = [("Action", "DescribeSignatures")];
        let good = sign(&secret(), &string_to_sign("GET", &params));
        verify(&secret(), "GET", &params, &good).expect("just signed");
        for wrong in [
            String::new(),
            good.to_ascii_uppercase(),
            good.trim_end_matches('=').to_owned(),
            format!(" {good}"),
            good.replace('+', " ") + "=",
        ] {
            let refused = verify(&secret(), "GET", &params, &wrong);
            let mismatch = refused.expect_err("another text");
            assert_eq!(
                mismatch.string_to_sign.as_str(),
                "GET&%2F&Action%3DDescribeSignatures"
            );
        }
    }

    #[test]
    fn debug_withholds_a_secret_among_the_parameters() {
        let params = [("SignatureSecret", "planted")];
        let mismatch = verify(&secret(), "GET", &params, "").expect_err("not signed");
        assert!(mismatch.string_to_sign.as_str().contains("planted"));
        assert!(!format!("{mismatch:?} {mismatch}").contains("planted"));
    }

    fn params() -> impl Strategy<Value = Vec<(String, String)>> {
        prop::collection::btree_map(".{1,4}", ".{0,6}", 1..6)
            .prop_map(|params| params.into_iter().collect())
    }

    proptest! {
        #[test]
        fn signing_then_verifying_in_any_order(
            (params, shuffled) in params().prop_flat_map(|p| (Just(p.clone()), Just(p).prop_shuffle())),
        ) {
            let signature = sign(&secret(), &string_to_sign("POST", &params));
            prop_assert!(verify(&secret(), "post", &shuffled, &signature).is_ok());
            prop_assert!(verify(&secret(), "GET", &shuffled, &signature).is_err());
            prop_assert!(verify(&Secret::new("other".to_owned()), "POST", &params, &signature).is_err());
        }

        #[test]
        fn any_other_parameter_refuses(
            params in params(), at in any::<prop::sample::Index>(), other in ".{0,6}",
        ) {
            let signature = sign(&secret(), &string_to_sign("GET", &params));
            let at = at.index(params.len());
            let refused = |changed: &[(String, String)]| {
                verify(&secret(), "GET", changed, &signature).is_err()
            };
            let mut changed = params.clone();
            changed[at].1 = other.clone();
            prop_assert_eq!(refused(&changed), changed != params);
            let mut changed = params.clone();
            changed[at].0 = other;
            prop_assert_eq!(refused(&changed), changed != params);
            let mut changed = params.clone();
            changed.remove(at);
            prop_assert!(refused(&changed));
            let mut changed = params;
            changed.push(("Added.".repeat(2), String::new()));
            prop_assert!(refused(&changed));
        }
    }
}
