//! RFC 3339 in UTC with milliseconds, made anew once a second.

use countersign_core::Timestamp;

/// Writes times; remembers the second last written.
#[derive(Debug)]
pub(crate) struct TimeText {
    second: Option<i64>,
    text: [u8; 24],
}

impl TimeText {
    pub(crate) fn new() -> Self {
        Self {
            second: None,
            text: *b"0000-00-00T00:00:00.000Z",
        }
    }

    /// The text of `time`. Years beyond 9999 are not told apart.
    pub(crate) fn of(&mut self, time: Timestamp) -> [u8; 24] {
        let second = time.seconds();
        if self.second != Some(second) {
            self.second = Some(second);
            self.write_second(second);
        }
        let millis = time.millis().rem_euclid(1000) as u64;
        digits(&mut self.text[20..23], millis);
        self.text
    }

    fn write_second(&mut self, second: i64) {
        let (year, month, day) = civil(second.div_euclid(86400));
        let of_day = second.rem_euclid(86400) as u64;
        let text = &mut self.text;
        digits(&mut text[0..4], year.rem_euclid(10_000) as u64);
        digits(&mut text[5..7], month);
        digits(&mut text[8..10], day);
        digits(&mut text[11..13], of_day / 3600);
        digits(&mut text[14..16], of_day / 60 % 60);
        digits(&mut text[17..19], of_day % 60);
    }
}

/// Writes a number into exactly these places.
fn digits(places: &mut [u8], mut number: u64) {
    for place in places.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian
/// calendar: years are counted from March, so that the leap day is the last.
fn civil(day: i64) -> (i64, u64, u64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let day_of_era = day.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u64, day_of_month as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times() {
        let mut text = TimeText::new();
        for (millis, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_767_323_045_006, "2026-01-02T03:04:05.006Z"),
            (1_767_323_045_123, "2026-01-02T03:04:05.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(
                std::str::from_utf8(&text.of(Timestamp::from_millis(millis))).unwrap(),
                expected
            );
        }
    }
}
