//! The time a request carries, and how far it may be off (spec section 1.7).

/// How far the time of a request may be off, either way: 15 minutes, inclusive.
pub const WINDOW_SECS: u64 = 15 * 60;

/// A text that is not a time in the form `YYYY-MM-DDThh:mm:ssZ`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time of the form YYYY-MM-DDThh:mm:ssZ")]
pub struct BadTimestamp;

/// A time too far from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time is {off_secs} seconds off")]
pub struct Expired {
    /// The distance in seconds, whichever is later.
    pub off_secs: u64,
}

/// Reads `YYYY-MM-DDThh:mm:ssZ` (UTC) into seconds since 1970.
///
/// # Errors
/// [`BadTimestamp`] for any other form, and for a day or time that does not exist;
/// second 60 is refused.
pub fn parse(text: &str) -> Result<i64, BadTimestamp> {
    const FORM: &[u8; 20] = b"0000-00-00T00:00:00Z";
    let text: &[u8; 20] = text.as_bytes().try_into().map_err(|_| BadTimestamp)?;
    let well_formed = text.iter().zip(FORM).all(|(byte, form)| match form {
        b'0' => byte.is_ascii_digit(),
        _ => byte == form,
    });
    if !well_formed {
        return Err(BadTimestamp);
    }

    let number = |from: usize, to: usize| {
        text[from..to]
            .iter()
            .fold(0, |n, digit| n * 10 + i64::from(digit - b'0'))
    };
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
    if !(1..=12).contains(&month)
        || !(1..=days_in_month(year, month)).contains(&day)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return Err(BadTimestamp);
    }
    Ok(days_since_1970(year, month, day) * DAY_SECS + hour * 3600 + minute * 60 + second)
}

/// Writes seconds since 1970 as `YYYY-MM-DDThh:mm:ssZ`, the inverse of [`parse`].
/// A year outside 0000–9999 comes out with more digits or a sign.
pub fn format(unix: i64) -> String {
    let (year, month, day) = civil(unix.div_euclid(DAY_SECS));
    let second = unix.rem_euclid(DAY_SECS);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Whether two times, in seconds, are at most `window_secs` apart.
///
/// # Errors
/// [`Expired`] when they are further apart, whichever is later.
pub fn within_window(now_unix: i64, then_unix: i64, window_secs: u64) -> Result<(), Expired> {
    let off_secs = now_unix.abs_diff(then_unix);
    if off_secs <= window_secs {
        Ok(())
    } else {
        Err(Expired { off_secs })
    }
}

const DAY_SECS: i64 = 86_400;
/// Days in 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;
/// Days from 1 March of year 0 to 1 January 1970.
const EPOCH_DAYS: i64 = 719_468;

fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Howard Hinnant's `days_from_civil`: years start in March, so that the leap day
/// is the last of its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * ERA_DAYS + day_of_era - EPOCH_DAYS
}

/// Howard Hinnant's `civil_from_days`: year, month and day.
fn civil(days_since_1970: i64) -> (i64, i64, i64) {
    let days = days_since_1970 + EPOCH_DAYS;
    let (era, day_of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_times() {
        for (text, unix) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-01-02T03:04:05Z", 1_767_323_045),
            ("2023-10-26T10:22:32Z", 1_698_315_752),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("0000-02-29T00:00:00Z", -62_162_121_600),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(parse(text), Ok(unix), "{text}");
            assert_eq!(format(unix), text);
        }
    }

    #[test]
    fn bad_times() {
        for text in [
            "",
            "2026-01-02T03:04:05",
            "2026-01-02T03:04:05z",
            "2026-01-02t03:04:05Z",
            "2026-01-02 03:04:05Z",
            "2026-01-02T03:04:05Z ",
            " 2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.0Z",
            "2026-01-02T03:04:05+00:00",
            "2026-1-2T3:4:5Z",
            "2026/01/02T03:04:05Z",
            "20260102T030405Z",
            "+026-01-02T03:04:05Z",
            "2026-00-02T03:04:05Z",
            "2026-13-02T03:04:05Z",
            "2026-01-00T03:04:05Z",
            "2026-01-32T03:04:05Z",
            "2026-02-29T03:04:05Z",
            "2100-02-29T03:04:05Z",
            "2026-04-31T03:04:05Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02T03:60:05Z",
            "2026-01-02T03:04:60Z",
            "２026-01-02T03:04:5Z",
            "1767323045",
        ] {
            assert_eq!(parse(text), Err(BadTimestamp), "{text:?}");
        }
    }

    #[test]
    fn the_window_includes_its_ends() {
        for (now, then, expected) in [
            (1000, 1000, Ok(())),
            (1900, 1000, Ok(())),
            (1000, 1900, Ok(())),
            (1901, 1000, Err(Expired { off_secs: 901 })),
            (1000, 1901, Err(Expired { off_secs: 901 })),
            (i64::MAX, i64::MIN, Err(Expired { off_secs: u64::MAX })),
        ] {
            assert_eq!(within_window(now, then, WINDOW_SECS), expected);
        }
    }

    #[test]
    fn extremes_can_be_written() {
        assert!(format(i64::MAX).ends_with('Z'));
        assert!(format(i64::MIN).starts_with('-'));
    }

    proptest! {
        #[test]
        fn writing_then_reading_gives_the_same(unix in -62_167_219_200_i64..=253_402_300_799) {
            prop_assert_eq!(parse(&format(unix)), Ok(unix));
        }

        #[test]
        fn reading_never_panics(text in "[0-9TZ:-]{18,22}|.*") {
            let _ = parse(&text);
        }
    }
}
