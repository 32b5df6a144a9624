//! The texts of ids, remembered: printing them costs more than the rest of a
//! log line.

use std::{fmt::Display, hash::Hash, io::Write};

use rustc_hash::FxHashMap;

/// Most texts remembered; when there are more, all are forgotten.
const TEXTS_MAX: usize = 16 * 1024;

/// Texts of ids, which are 32 hex digits each.
#[derive(Debug)]
pub(crate) struct IdTexts<I>(FxHashMap<I, [u8; 32]>);

impl<I: Copy + Display + Eq + Hash> IdTexts<I> {
    pub(crate) fn new() -> Self {
        Self(FxHashMap::default())
    }

    /// The text of `id`.
    pub(crate) fn of(&mut self, id: I) -> [u8; 32] {
        if let Some(text) = self.0.get(&id) {
            return *text;
        }
        let mut text = [b' '; 32];
        // It fits; if it did not, the log would show its beginning.
        let _ = write!(&mut text[..], "{id}");
        if self.0.len() >= TEXTS_MAX {
            self.0.clear();
        }
        self.0.insert(id, text);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_ids_own() {
        let id = countersign_core::ApiId::from_random([0xab; 16]);
        let mut texts = IdTexts::new();
        for _ in 0..2 {
            assert_eq!(std::str::from_utf8(&texts.of(id)).unwrap(), id.to_string());
        }
    }
}
