//! The date a request carries in `X-Sdk-Date` (spec section 1.3).

use crate::alibaba::request_auth::clock;

/// How far a date may be off, either way: 15 minutes, inclusive.
pub const WINDOW_SECS: u64 = 15 * 60;

/// A moment in whole seconds (UTC), together with its text `YYYYMMDDTHHMMSSZ`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SdkDate {
    unix: i64,
    text: [u8; Self::LEN],
}

/// A text that is not a date of the form `YYYYMMDDTHHMMSSZ`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form YYYYMMDDTHHMMSSZ")]
pub struct BadDate;

impl SdkDate {
    /// The length of the text in bytes.
    pub const LEN: usize = 16;
    /// 0000-01-01T00:00:00Z, the first moment four digits of a year can tell.
    const FIRST: i64 = -62_167_219_200;
    /// 9999-12-31T23:59:59Z, the last one.
    const LAST: i64 = 253_402_300_799;

    /// Reads `YYYYMMDDTHHMMSSZ`.
    ///
    /// # Errors
    /// [`BadDate`] for any other form, and for a day or time that does not exist;
    /// second 60 is refused.
    pub fn parse(text: &str) -> Result<Self, BadDate> {
        let text: [u8; Self::LEN] = text.as_bytes().try_into().map_err(|_| BadDate)?;
        let [y1, y2, y3, y4, m1, m2, d1, d2, t, h1, h2, n1, n2, s1, s2, z] = text;
        let spaced = [
            y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, t, h1, h2, b':', n1, n2, b':', s1, s2, z,
        ];
        let spaced = std::str::from_utf8(&spaced).map_err(|_| BadDate)?;
        let unix = clock::parse(spaced).map_err(|_| BadDate)?;
        Ok(Self { unix, text })
    }

    /// The date of a moment in seconds since 1970. A moment outside the years 0000
    /// to 9999 becomes the nearest one inside.
    pub fn from_unix(unix: i64) -> Self {
        let unix = unix.clamp(Self::FIRST, Self::LAST);
        let (year, month, day) = civil(unix.div_euclid(DAY_SECS));
        let second = unix.rem_euclid(DAY_SECS);
        let mut text = *b"00000000T000000Z";
        write_digits(&mut text[0..4], year);
        write_digits(&mut text[4..6], month);
        write_digits(&mut text[6..8], day);
        write_digits(&mut text[9..11], second / 3600);
        write_digits(&mut text[11..13], second / 60 % 60);
        write_digits(&mut text[13..15], second % 60);
        Self { unix, text }
    }

    /// Seconds since 1970.
    pub fn unix(&self) -> i64 {
        self.unix
    }

    /// The text, 16 ASCII bytes.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).expect("digits and two letters, as checked or written")
    }

    /// How many seconds this date is away from `now_unix`, whichever is later.
    pub fn off_secs(&self, now_unix: i64) -> u64 {
        self.unix.abs_diff(now_unix)
    }
}

const DAY_SECS: i64 = 86_400;

fn write_digits(place: &mut [u8], mut number: i64) {
    for digit in place.iter_mut().rev() {
        // The remainder is one decimal digit.
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Howard Hinnant's `civil_from_days`: year, month and day. Years start in March,
/// so that the leap day is the last of its year.
fn civil(days_since_1970: i64) -> (i64, i64, i64) {
    let days = days_since_1970 + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_dates() {
        for (text, unix) in [
            ("19700101T000000Z", 0),
            ("19691231T235959Z", -1),
            ("20000229T120000Z", 951_825_600),
            ("20060102T150405Z", 1_136_214_245),
            ("20260102T030405Z", 1_767_323_045),
            ("00000101T000000Z", SdkDate::FIRST),
            ("99991231T235959Z", SdkDate::LAST),
        ] {
            let date = SdkDate::parse(text).unwrap();
            assert_eq!((date.unix(), date.as_str()), (unix, text));
            assert_eq!(SdkDate::from_unix(unix), date);
        }
    }

    #[test]
    fn bad_dates() {
        for text in [
            "",
            "2026-01-02T03:04:05Z",
            "20260102T030405",
            "20260102T030405z",
            "20260102t030405Z",
            "20260102 030405Z",
            "20260102T030405+0",
            "20260230T000000Z",
            "20250229T000000Z",
            "20261301T000000Z",
            "20260102T240000Z",
            "20260102T006000Z",
            "20260102T000060Z",
            " 0260102T030405Z",
            "+0260102T030405Z",
            "2026010\u{e9}T03040Z",
            "２026010T0305Z",
        ] {
            assert_eq!(SdkDate::parse(text), Err(BadDate), "{text:?}");
        }
    }

    #[test]
    fn years_of_five_digits_are_brought_inside() {
        for (unix, text) in [
            (i64::MIN, "00000101T000000Z"),
            (i64::MAX, "99991231T235959Z"),
        ] {
            assert_eq!(SdkDate::from_unix(unix).as_str(), text);
            assert_eq!(SdkDate::parse(text), Ok(SdkDate::from_unix(unix)));
        }
    }

    #[test]
    fn distance_is_the_same_either_way() {
        let date = SdkDate::from_unix(1_000);
        assert_eq!((date.off_secs(100), date.off_secs(1_900)), (900, 900));
        assert_eq!(date.off_secs(i64::MIN), i64::MIN.unsigned_abs() + 1_000);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(unix in SdkDate::FIRST..=SdkDate::LAST) {
            let date = SdkDate::from_unix(unix);
            prop_assert_eq!(date.unix(), unix);
            prop_assert_eq!(SdkDate::parse(date.as_str()), Ok(date));
        }

        #[test]
        fn reading_never_panics(text in "[0-9TZ]{16}|.{0,20}") {
            let _ = SdkDate::parse(&text);
        }
    }
}
