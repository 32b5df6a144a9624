//! Why a request does not verify: one table of causes.

/// Why a request does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Which cause.
    pub code: Code,
    /// What it is about: a header, a parameter, a key.
    pub subject: Option<String>,
    /// What the request carries there.
    pub carried: Option<String>,
    /// What was signed there.
    pub signed: Option<String>,
    /// How it is known.
    pub evidence: Evidence,
}

/// How a cause is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The signature, computed with this difference, is the one carried.
    Recomputed,
    /// It stands in the request, the keys or the clock; no signature was needed.
    Seen,
}

impl Cause {
    pub(super) fn of(code: Code) -> Self {
        Self {
            code,
            subject: None,
            carried: None,
            signed: None,
            evidence: Evidence::Recomputed,
        }
    }

    pub(super) fn seen(code: Code) -> Self {
        Self {
            evidence: Evidence::Seen,
            ..Self::of(code)
        }
    }

    pub(super) fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    pub(super) fn was(mut self, carried: impl Into<String>, signed: impl Into<String>) -> Self {
        self.carried = Some(carried.into());
        self.signed = Some(signed.into());
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident: $code:literal $says:literal $advice:literal,)*) => {
        /// The causes that are known. The names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $says] $name,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What it means.
            pub fn says(self) -> &'static str {
                match self {
                    $(Self::$name => $says,)*
                }
            }

            /// What to do.
            pub fn advice(self) -> &'static str {
                match self {
                    $(Self::$name => $advice,)*
                }
            }
        }
    };
}

codes! {
    NoSignature: "no_signature"
        "The request carries no signature."
        "Look whether the API has a bound signature key, and whether a proxy removes the signature's headers.",
    Malformed: "malformed"
        "What carries the signature can not be read."
        "Compare the header with the contract; a proxy or a client library may have rewritten it.",
    OtherScheme: "other_scheme"
        "The request is signed in another scheme than the key is for."
        "Give the backend's verifier a key of this scheme, or change the scheme of the signature key.",
    UnknownSignKey: "unknown_sign_key"
        "The sign key is none of the keys that were tried."
        "Look which signature key is bound to the API, and give the backend that one.",
    RetiredSignKey: "retired_sign_key"
        "The sign key was replaced."
        "The sender still signs with a version that was replaced; it has to take the present one.",
    SignKeyDiffers: "sign_key_differs"
        "The secret is the right one, under another sign key."
        "Correct the sign key at the sender.",
    OtherKey: "other_key"
        "The request is signed with another signature key."
        "Bind the key that the backend expects, or give the backend this one.",
    OtherSecret: "other_secret"
        "The sign key is right, and the secret is that of another signature key."
        "Correct the secret at the sender.",
    OldVersion: "old_version"
        "The secret is that of an older version of the key."
        "The sender or the backend missed a change of the key: bring both to the same version.",
    NextVersion: "next_version"
        "The secret is that of the next version of the key, which is not active yet."
        "The sender is ahead of the gateway: activate the version, or wait.",
    SecretBlanks: "secret_blanks"
        "The secret was used with a blank or a line end around it."
        "Remove it where the secret is stored; a file often ends with a line end.",
    ClockSkew: "clock_skew"
        "The date of the signature is outside the window."
        "Set the clocks of sender and receiver by NTP; whole hours point at a time zone: the date is UTC.",
    Expired: "expired"
        "The signature says itself that it is no longer valid."
        "Sign anew, or give signatures longer to live.",
    BodyAltered: "body_altered"
        "The body is not the one that was signed; the digest and the signature fit each other."
        "Look for what rewrites bodies on the way: a proxy that compresses, a framework that writes JSON anew.",
    BodyLineEnds: "body_line_ends"
        "The body was signed with other line ends (CRLF against LF)."
        "Send the bytes that were signed; look for text mode on the way.",
    BodyFinalLineEnd: "body_final_line_end"
        "The body was signed with or without a line end at its end."
        "Send the bytes that were signed; shells and editors add a line end.",
    BodyBom: "body_bom"
        "The body was signed with or without a byte order mark."
        "Send the bytes that were signed.",
    BodyBlanks: "body_blanks"
        "The body was signed without the blanks around it."
        "Send the bytes that were signed.",
    BodyNotSigned: "body_not_signed"
        "The signature was made as if there were no body."
        "The signer has to see the body, or the verifier must not: sign after the body is known.",
    BodyUnknown: "body_unknown"
        "The capture has no body, and the signature covers one."
        "Capture the body as well (curl -v does not show it) and give it with --body.",
    PayloadUnsigned: "payload_unsigned"
        "The signature says UNSIGNED-PAYLOAD, and the header that would say so is missing or differs."
        "Let X-Sdk-Content-Sha256 pass the proxy.",
    DigestOfOtherBody: "digest_of_other_body"
        "The digest in the header is not that of the body, and the signature is not over it."
        "The header was copied from another request or written anew: do not touch it.",
    DigestAbsent: "digest_absent"
        "The signature was made without the digest of the body."
        "The signer has to put the digest into the string to sign for this method and type.",
    DigestAdded: "digest_added"
        "The signature was made with a digest of the body where the scheme has none."
        "The signer must leave the digest's line empty for this method and type.",
    DigestEncoding: "digest_encoding"
        "The digest of the body was signed in another encoding."
        "Base64 of the 16 bytes of the MD5 for Content-MD5, lower-case hex of the SHA-256 for Huawei's scheme.",
    FormLeftOut: "form_left_out"
        "The fields of the form were not signed."
        "The signer has to put the form's fields among the parameters.",
    FormAsBody: "form_as_body"
        "The form was signed as a body, by its digest."
        "The signer has to put the form's fields among the parameters and leave the digest's line empty.",
    BodyAsForm: "body_as_form"
        "The body was signed as a form, and the content type says otherwise."
        "Send the content type that was there when the request was signed.",
    QueryDecoded: "query_decoded"
        "The query was signed decoded."
        "Sign what the scheme says; a framework decoded it before it was signed.",
    QueryEncoded: "query_encoded"
        "The query was signed percent-encoded."
        "Decode it before signing, or sign before it is encoded, as the scheme says.",
    QueryEncodedTwice: "query_encoded_twice"
        "The query was signed percent-encoded twice."
        "Something encodes a query that is encoded already.",
    PlusAsSign: "plus_as_sign"
        "A plus in the query was signed as a plus, and stands for a space."
        "Send %20 for a space and %2B for a plus.",
    PlusAsSpace: "plus_as_space"
        "The query was signed with %20 or a space where it has a plus, or the other way round."
        "Send %20 for a space and %2B for a plus.",
    QueryEscapes: "query_escapes"
        "The query was signed with its escapes written otherwise, such as %2f for %2F."
        "Something on the way writes the query anew: forward it as it came.",
    QueryOrder: "query_order"
        "The parameters were signed in another order."
        "Sort them as the scheme says; forward the query as it came.",
    QueryNotSigned: "query_not_signed"
        "The signature was made without the query."
        "The signer has to see the query; or it was added on the way.",
    ParameterAdded: "parameter_added"
        "A query parameter was added after the request was signed."
        "Remove what adds it, or sign behind it.",
    ParameterRepeated: "parameter_repeated"
        "A parameter occurs more than once, and another of its values was signed."
        "Send it once.",
    ParameterEmpty: "parameter_empty"
        "A parameter without a value was signed without its equals sign, or was left out."
        "Write name= for it.",
    PathDecoded: "path_decoded"
        "The path was signed decoded."
        "Sign the path as it is sent; a framework decoded it.",
    PathEncoded: "path_encoded"
        "The path was signed percent-encoded, or with its escapes written otherwise."
        "Something decodes the path on the way (nginx does with a URI in proxy_pass): forward it as it came.",
    TrailingSlash: "trailing_slash"
        "The path was signed with or without a slash at its end."
        "Call the path that the backend is registered with; look for redirects and rewrites.",
    PathSlashes: "path_slashes"
        "The path was signed with doubled slashes as one, or dot segments resolved."
        "Turn off what normalises paths (merge_slashes of nginx).",
    PathRewritten: "path_rewritten"
        "The path was changed on the way; another header says what it was."
        "Verify before the rewrite, or give the verifier the original path.",
    PathPrefixAdded: "path_prefix_added"
        "The path was signed without its first segments."
        "Something on the way adds a prefix: verify before it, or sign with it.",
    HostChanged: "host_changed"
        "The host was changed on the way."
        "Let the proxy keep the host (proxy_set_header Host $http_host).",
    MethodChanged: "method_changed"
        "The method was changed on the way."
        "Look for a method override, or HEAD that is sent on as GET.",
    HeaderRemoved: "header_removed"
        "A header of the signature, or one that is listed as signed, is not in the request."
        "Let it pass the proxy.",
    EmptyHeaderRemoved: "empty_header_removed"
        "A header that is listed was signed empty and is not in the request."
        "Proxies drop empty headers: do not sign one that may be empty.",
    HeaderNotSigned: "header_not_signed"
        "A header is listed as signed, and the signature was made without it."
        "The signer did not have it: it was added or listed afterwards.",
    NotCovered: "not_covered"
        "The signature leaves out something that it has to cover."
        "Have the signer cover it: see the page of the scheme.",
    HeaderFilled: "header_filled"
        "A header was signed empty and has a value now."
        "A proxy writes it: sign behind that, or do not sign this header.",
    HeaderTrimmed: "header_trimmed"
        "A header was signed with blanks around its value."
        "HTTP has none there: trim values before they are signed.",
    HeaderBlanks: "header_blanks"
        "Blanks inside a header's value were changed."
        "Sign values without runs of blanks, and with one blank after a comma or none.",
    HeaderCase: "header_case"
        "The case of a header's value was changed."
        "Find what rewrites it.",
    HeaderParameter: "header_parameter"
        "A parameter of a header, such as charset, was added or removed."
        "Find what completes the content type on the way, or do not sign it.",
    HeaderAppended: "header_appended"
        "Something was added to a header that holds a list."
        "Proxies add to Via, Forwarded and X-Forwarded-For: do not sign these.",
    HeaderRepeated: "header_repeated"
        "A signed header occurs more than once, or several lines became one."
        "Send it once.",
    HeaderCharset: "header_charset"
        "A header's value was signed in another charset (Latin-1 against UTF-8)."
        "Keep to ASCII in headers.",
    HeaderOrder: "header_order"
        "The signed headers were taken in another order."
        "Sort them as the scheme says.",
    ListCase: "list_case"
        "The list of signed headers was written in another case after it was signed."
        "Let the value pass as it is; only names of headers have no case.",
    SignatureEncoding: "signature_encoding"
        "The signature is right and written in another encoding."
        "Base64 with padding for Alibaba's scheme and RFC 9421, lower-case hex for Huawei's.",
}
