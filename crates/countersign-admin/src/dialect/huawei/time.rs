//! Times: RFC 3339 in UTC with a `Z`, the fraction without trailing zeros
//! (spec 2.1).

use countersign_core::Timestamp;
use countersign_sign::alibaba::request_auth::clock;

/// With up to nine fraction digits.
pub(super) fn nanoseconds(time: Timestamp) -> String {
    fraction(time, 9)
}

/// With up to six fraction digits, rounded down.
pub(super) fn microseconds(time: Timestamp) -> String {
    fraction(time, 6)
}

/// In whole seconds, rounded down.
pub(super) fn seconds(time: Timestamp) -> String {
    clock::format(time.seconds())
}

/// `yyyyMMddHHmmss`, as the vendor numbers versions (spec 4.4).
pub(super) fn digits(time: Timestamp) -> String {
    let text = seconds(time);
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The two times of a thing, as an answer tells them (spec 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// By the call that made it: nanoseconds in both.
    Made,
    /// By the call that changed it: when it was made in whole seconds.
    Changed,
    /// By any other: whole seconds, and microseconds of a later change.
    Listed,
}

impl Told {
    /// When it was made.
    pub(super) fn made(self, made: Timestamp) -> String {
        match self {
            Self::Made => nanoseconds(made),
            Self::Changed | Self::Listed => seconds(made),
        }
    }

    /// When it last changed.
    pub(super) fn changed(self, made: Timestamp, changed: Timestamp) -> String {
        match self {
            Self::Made | Self::Changed => nanoseconds(changed),
            Self::Listed if made == changed => seconds(changed),
            Self::Listed => microseconds(changed),
        }
    }
}

fn fraction(time: Timestamp, digits: usize) -> String {
    let whole = seconds(time);
    let fraction = format!("{:09}", time.subsecond_nanos());
    match fraction[..digits].trim_end_matches('0') {
        "" => whole,
        digits => format!("{}.{digits}Z", whole.trim_end_matches('Z')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_zeros_are_dropped() {
        for (nanos, in_nanoseconds, in_microseconds) in [
            (0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            (1, "1970-01-01T00:00:00.000000001Z", "1970-01-01T00:00:00Z"),
            (
                1_517_919_456_039_953_112,
                "2018-02-06T12:17:36.039953112Z",
                "2018-02-06T12:17:36.039953Z",
            ),
            (
                1_517_919_456_039_953_100,
                "2018-02-06T12:17:36.0399531Z",
                "2018-02-06T12:17:36.039953Z",
            ),
        ] {
            let time = Timestamp::from_nanos(nanos);
            assert_eq!(nanoseconds(time), in_nanoseconds);
            assert_eq!(microseconds(time), in_microseconds);
        }
        let time = Timestamp::from_nanos(1_517_919_456_039_953_112);
        assert_eq!(digits(time), "20180206121736");
    }
}
