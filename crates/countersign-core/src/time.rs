//! A moment, as a number.

/// Nanoseconds since 1970-01-01T00:00:00Z, from 1677 to 2262. Always passed
/// in: nothing in this crate reads a clock. Most of what is kept is kept in
/// milliseconds; one dialect tells finer times of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const NANOS_PER_MILLI: i64 = 1_000_000;
const NANOS_PER_SECOND: i64 = 1_000_000_000;

impl Timestamp {
    /// From milliseconds since the epoch; what is out of range becomes its
    /// nearest end.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(NANOS_PER_MILLI))
    }

    /// From nanoseconds since the epoch.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Milliseconds since the epoch, rounded down.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(NANOS_PER_MILLI)
    }

    /// Nanoseconds since the epoch.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(NANOS_PER_SECOND)
    }

    /// Nanoseconds after the whole second.
    pub const fn subsecond_nanos(self) -> u32 {
        // A remainder by 10^9 is below 2^32.
        self.0.rem_euclid(NANOS_PER_SECOND) as u32
    }

    /// Nanoseconds after the whole millisecond.
    pub const fn submilli_nanos(self) -> u32 {
        self.0.rem_euclid(NANOS_PER_MILLI) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_rounded_down() {
        for (nanos, seconds, millis, sub) in [
            (0, 0, 0, 0),
            (1_999_999_999, 1, 1999, 999_999_999),
            (-1, -1, -1, 999_999_999),
        ] {
            let time = Timestamp::from_nanos(nanos);
            assert_eq!(time.seconds(), seconds);
            assert_eq!(time.millis(), millis);
            assert_eq!(time.subsecond_nanos(), sub);
            let milli = Timestamp::from_millis(millis).nanos();
            assert_eq!(milli + i64::from(time.submilli_nanos()), nanos);
        }
        let far = Timestamp::from_millis(i64::MAX);
        assert_eq!(far.nanos(), i64::MAX);
    }
}
