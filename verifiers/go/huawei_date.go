package countersign

import "time"

// parseSdkDate is the seconds since 1970 of `YYYYMMDDTHHMMSSZ`. A day or a second
// that does not exist, a leap second among them, is no date.
func parseSdkDate(text string) (int64, bool) {
	if len(text) != len("20060102T150405Z") || text[8] != 'T' || text[15] != 'Z' {
		return 0, false
	}
	for i := 0; i < 15; i++ {
		if i != 8 && !isDigit(text[i]) {
			return 0, false
		}
	}
	number := func(from, to int) int {
		n := 0
		for _, digit := range []byte(text[from:to]) {
			n = n*10 + int(digit-'0')
		}
		return n
	}
	year, month, day := number(0, 4), number(4, 6), number(6, 8)
	hour, minute, second := number(9, 11), number(11, 13), number(13, 15)
	date := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	// Date takes the 31st of April as the 1st of May.
	if date.Year() != year || int(date.Month()) != month || date.Day() != day ||
		hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return date.Unix(), true
}
