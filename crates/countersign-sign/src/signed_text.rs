//! Text that was signed, kept for the answer to whoever sent it.

use std::fmt;

use zeroize::Zeroizing;

/// A string to sign or a canonical request inside an error.
///
/// It repeats the parameters of a request, and a parameter can be a sign secret
/// (the call that creates a signature key carries one). So it may go back to the
/// caller who sent it and nowhere else: `Debug` prints the length only, there is
/// no `Display`, and the memory is wiped on drop.
pub struct SignedText(Zeroizing<String>);

impl SignedText {
    /// Takes over the text without copying it.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the caller who sent the request.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes withheld]", self.0.len())
    }
}

impl From<Zeroizing<String>> for SignedText {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}
