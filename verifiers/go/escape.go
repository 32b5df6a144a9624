package countersign

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape decodes `%` with two hex digits; any other `%` stands for itself.
func unescape(text string) string {
	first := strings.IndexByte(text, '%')
	if first < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	out = append(out, text[:first]...)
	for i := first; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			high, low := unhex(text[i+1]), unhex(text[i+2])
			if high >= 0 && low >= 0 {
				out = append(out, byte(high<<4|low))
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return string(out)
}

func unhex(digit byte) int {
	switch {
	case '0' <= digit && digit <= '9':
		return int(digit - '0')
	case 'a' <= digit && digit <= 'f':
		return int(digit-'a') + 10
	case 'A' <= digit && digit <= 'F':
		return int(digit-'A') + 10
	}
	return -1
}

// appendEscaped escapes every byte but `A-Z a-z 0-9 - _ . ~`.
func appendEscaped(out []byte, text string) []byte {
	const digits = "0123456789ABCDEF"
	for i := 0; i < len(text); i++ {
		b := text[i]
		if isUnreserved(b) {
			out = append(out, b)
		} else {
			out = append(out, '%', digits[b>>4], digits[b&15])
		}
	}
	return out
}

func isUnreserved(b byte) bool {
	return isAlpha(b) || isDigit(b) || b == '-' || b == '_' || b == '.' || b == '~'
}

// toUTF8 puts U+FFFD for each longest piece that begins a character (Unicode 15
// section 3.9, "substitution of maximal subparts"); package strings puts one for
// each byte or each run of bytes.
func toUTF8(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			size = subpart(text[i:])
		}
		out.WriteRune(r)
		i += size
	}
	return out.String()
}

// subpart is how many bytes of a text that does not begin with a character begin one.
func subpart(text string) int {
	// Of the second byte only some values go with some first ones (table 3-7).
	low, high, length := byte(0x80), byte(0xBF), 0
	switch lead := text[0]; {
	case 0xC2 <= lead && lead <= 0xDF:
		length = 2
	case 0xE0 <= lead && lead <= 0xEF:
		length = 3
	case 0xF0 <= lead && lead <= 0xF4:
		length = 4
	}
	switch text[0] {
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for n < length && n < len(text) && low <= text[n] && text[n] <= high {
		low, high = 0x80, 0xBF
		n++
	}
	return n
}

// lessUTF16 orders by UTF-16 code units, as Java's and JavaScript's strings compare.
// It differs from the order of bytes between U+E000 to U+FFFF and what is beyond.
func lessUTF16(a, b string) bool {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			return firstUnit(x) < firstUnit(y) || firstUnit(x) == firstUnit(y) && x < y
		}
		a, b = a[n:], b[m:]
	}
	return a == "" && b != ""
}

func firstUnit(r rune) rune {
	if high, _ := utf16.EncodeRune(r); r > 0xFFFF {
		return high
	}
	return r
}

func isAlpha(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

func isDigit(b byte) bool {
	return '0' <= b && b <= '9'
}
