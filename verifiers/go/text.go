package countersign

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf8"
)

// asciiLower is in lower case as far as names of headers have cases. The functions
// of package strings know more letters, and bytes that are no UTF-8 they change.
func asciiLower(text string) string {
	for i := 0; i < len(text); i++ {
		if 'A' <= text[i] && text[i] <= 'Z' {
			out := []byte(text)
			for ; i < len(out); i++ {
				if 'A' <= out[i] && out[i] <= 'Z' {
					out[i] += 'a' - 'A'
				}
			}
			return string(out)
		}
	}
	return text
}

func asciiUpper(text string) string {
	for i := 0; i < len(text); i++ {
		if 'a' <= text[i] && text[i] <= 'z' {
			out := []byte(text)
			for ; i < len(out); i++ {
				if 'a' <= out[i] && out[i] <= 'z' {
					out[i] -= 'a' - 'A'
				}
			}
			return string(out)
		}
	}
	return text
}

func isASCII(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func trimBlanks(text string) string {
	return strings.Trim(text, " \t")
}

// firstWord is what stands before the first blank or tab.
func firstWord(text string) string {
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		return text[:i]
	}
	return text
}

func cut(text string, at byte) (before, after string, found bool) {
	if i := strings.IndexByte(text, at); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

var errNotBase64 = errors.New("not in Base64")

// decodeBase64 reads what an encoder writes: padding, no loose bits, no line ends.
func decodeBase64(text string) ([]byte, error) {
	decoded, err := base64.StdEncoding.Strict().DecodeString(text)
	// The decoder passes over line ends.
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, errNotBase64
	}
	return decoded, nil
}
