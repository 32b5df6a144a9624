//! The id that every answer of a dialect carries.

use std::fmt;

/// An upper-case UUID: what clients of the Alibaba dialect expect to see, and
/// what a report of a problem names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// From 16 random bytes, as a UUID of version 4.
    pub(crate) fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = format!("{:032X}", u128::from_be_bytes(bytes));
        Self(format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        ))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same as 32 lower-case hex digits, as Huawei's clients know ids.
    pub(crate) fn to_hex(&self) -> String {
        self.0.replace('-', "").to_ascii_lowercase()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_an_upper_case_uuid() {
        assert_eq!(
            RequestId::from_random([0xab; 16]).as_str(),
            "ABABABAB-ABAB-4BAB-ABAB-ABABABABABAB"
        );
        assert_eq!(
            RequestId::from_random([0; 16]).as_str(),
            "00000000-0000-4000-8000-000000000000"
        );
    }
}
