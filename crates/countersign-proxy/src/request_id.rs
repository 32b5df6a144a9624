//! Request ids: upper-case, in the form of a UUID; or 32 lower-case hex
//! digits, as Huawei's clients know them.

/// A request id's text.
pub(crate) type RequestId = [u8; 36];

/// The id as 32 lower-case hex digits.
pub(crate) fn hex(id: &RequestId) -> [u8; 32] {
    let mut text = [b'0'; 32];
    let digits = id.iter().filter(|b| **b != b'-');
    for (place, digit) in text.iter_mut().zip(digits) {
        *place = digit.to_ascii_lowercase();
    }
    text
}

/// Makes the request ids of one worker: a random half drawn once, and a
/// counter that begins at a random number.
#[derive(Debug)]
pub(crate) struct RequestIds {
    prefix: u64,
    next: u64,
}

impl RequestIds {
    /// From 16 random bytes.
    pub(crate) fn new(seed: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(seed);
        Self {
            prefix: (number >> 64) as u64,
            next: number as u64,
        }
    }

    /// The next id.
    pub(crate) fn next(&mut self) -> RequestId {
        let number = (u128::from(self.prefix) << 64) | u128::from(self.next);
        self.next = self.next.wrapping_add(1);
        let mut text = [b'-'; 36];
        let bytes = number.to_be_bytes();
        let mut at = 0;
        for (index, byte) in bytes.into_iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                at += 1;
            }
            text[at] = DIGITS[usize::from(byte >> 4)];
            text[at + 1] = DIGITS[usize::from(byte & 0xf)];
            at += 2;
        }
        text
    }
}

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_uuids_and_count() {
        let mut ids = RequestIds::new([0xab; 16]);
        let id = ids.next();
        assert_eq!(&id, b"ABABABAB-ABAB-ABAB-ABAB-ABABABABABAB");
        assert_eq!(hex(&id), [b'a', b'b'].repeat(16)[..]);
        assert_eq!(&ids.next(), b"ABABABAB-ABAB-ABAB-ABAB-ABABABABABAC");
    }
}
