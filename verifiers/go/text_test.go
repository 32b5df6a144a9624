package countersign

import (
	"testing"
	"time"
)

func TestToUTF8(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"aé😀":                          "aé😀",
		"\xff":                         "\uFFFD",
		"\x80\x80":                     "\uFFFD\uFFFD",
		"\xe5\x90":                     "\uFFFD",
		"\xe5\x90x":                    "\uFFFDx",
		"\xf0\x9f\x98x":                "\uFFFDx",
		"\xf0\x9f\xf0\x9f\x98\x80":     "\uFFFD😀",
		"\xf0\x90\x80x":                "\uFFFDx",
		"\xf4\x8f\xbf":                 "\uFFFD",
		"\xc3":                         "\uFFFD",
		"\xc0\xaf":                     "\uFFFD\uFFFD",
		"\xe0\x80\x80":                 "\uFFFD\uFFFD\uFFFD",
		"\xed\xa0\x80":                 "\uFFFD\uFFFD\uFFFD",
		"\xf4\x90\x80\x80":             "\uFFFD\uFFFD\uFFFD\uFFFD",
		"\xf5\x80":                     "\uFFFD\uFFFD",
		"\xf8\x88\x80\x80\x80":         "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD",
		"\uFFFD":                       "\uFFFD",
		"\xef\xbb\xbf1":                "\uFEFF1",
		"\x61\xf1\x80\x80\xe1\x80\xc2": "a\uFFFD\uFFFD\uFFFD",
	} {
		if got := toUTF8(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLessUTF16(t *testing.T) {
	ordered := []string{"", "a", "a\x00", "ab", "b", "é", "中", "😀", "😁", "\U0010FFFF", "\uE000", "～", "\uFFFD"}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := lessUTF16(a, b); got != (i < j) {
				t.Errorf("%q < %q: %v", a, b, got)
			}
			if got := lessUTF16("x"+a, "x"+b); got != (i < j) {
				t.Errorf("x%q < x%q: %v", a, b, got)
			}
		}
	}
}

// Letters beyond ASCII have no cases in names of headers; the Kelvin sign is no k.
func TestCasesAreThoseOfASCII(t *testing.T) {
	if got := asciiLower("X-\u212A\xffÉZ"); got != "x-\u212A\xffÉz" {
		t.Errorf("%q", got)
	}
	if got := asciiUpper("ÿ\u0131poſt"); got != "ÿ\u0131POſT" {
		t.Errorf("%q", got)
	}
}

func TestSdkDates(t *testing.T) {
	for text, want := range map[string]string{
		"20260102T030405Z": "2026-01-02T03:04:05Z", "00000229T000000Z": "0000-02-29T00:00:00Z",
		"99991231T235959Z": "9999-12-31T23:59:59Z", "20000229T235959Z": "2000-02-29T23:59:59Z",
	} {
		date, err := time.Parse(time.RFC3339, want)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := parseSdkDate(text); !ok || got != date.Unix() {
			t.Errorf("%s: %d %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "20260102T030405", "20260229T000000Z", "20260102T030460Z", "20261301T000000Z",
		"20260100T000000Z", "2026010aT000000Z", "20260102T240000Z", "2026-102T030405Z"} {
		if _, ok := parseSdkDate(text); ok {
			t.Errorf("%q", text)
		}
	}
}
