//! Where the feed is, and what it is asked with.

use std::{fmt, path::PathBuf, str::FromStr};

use countersign_sign::Secret;
use http::{Uri, uri::Authority};

use crate::secret_file::{self, SecretFileError};

/// The address of a gateway's management plane, as in `http://127.0.0.1:8700`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedUrl {
    authority: Authority,
}

/// A text that is no address of a management plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a management plane, as in http://127.0.0.1:8700")]
pub struct BadFeedUrl;

impl FromStr for FeedUrl {
    type Err = BadFeedUrl;

    fn from_str(text: &str) -> Result<Self, BadFeedUrl> {
        let uri: Uri = text.parse().map_err(|_| BadFeedUrl)?;
        let is_http = uri.scheme_str() == Some("http") && matches!(uri.path(), "" | "/");
        let authority = uri.authority().filter(|authority| {
            is_http && uri.query().is_none() && !authority.as_str().contains('@')
        });
        authority
            .cloned()
            .map(|authority| Self { authority })
            .ok_or(BadFeedUrl)
    }
}

impl FeedUrl {
    /// The address of one question.
    pub(super) fn question(&self, wait_secs: u64) -> Option<Uri> {
        let wait = format!("/api/v1/verifier/keys?wait={wait_secs}");
        let built = Uri::builder()
            .scheme("http")
            .authority(self.authority.clone())
            .path_and_query(wait);
        built.build().ok()
    }
}

/// Where the verifier's token comes from.
#[derive(Clone)]
pub enum TokenSource {
    /// A file that only its owner may read, read again for each question.
    File(PathBuf),
    /// The value of an environment variable.
    Given(Secret),
}

impl TokenSource {
    /// A token as text, as an environment variable has it.
    ///
    /// # Errors
    /// It is no token.
    pub fn given(text: String) -> Result<Self, SecretFileError> {
        secret_file::token(text).map(Self::Given)
    }

    pub(super) fn read(&self) -> Result<Secret, SecretFileError> {
        match self {
            Self::File(path) => secret_file::read_secret_file(path),
            Self::Given(token) => Ok(token.clone()),
        }
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({path:?})"),
            Self::Given(_) => f.write_str("Given"),
        }
    }
}
