package countersign

import (
	"strings"
	"testing"
)

func TestWrittenAnew(t *testing.T) {
	for text, want := range map[string]string{
		`a=()`:                             `()`,
		`a=(  "x"   "y" ) `:                `("x" "y")`,
		`a=("x";b;c=?1;d=?0);e=1;  f`:      `("x";b;c;d=?0);e=1;f`,
		`a=(1 -007 0);n=-0`:                `(1 -7 0);n=0`,
		`a=(1.50 -0.0 001.010 1.234 -1.5)`: `(1.5 0.0 1.01 1.234 -1.5)`,
		`a=(tok *:/x);b=:aGk=:;c=:aGk:`:    `(tok *:/x);b=:aGk=:;c=:aGk=:`,
		`a=("q\"b\\ c");*k-_.*1=t`:         `("q\"b\\ c");*k-_.*1=t`,
		`a=(999999999999999 -999999999999999 999999999999.999)`: `(999999999999999 -999999999999999 999999999999.999)`,
		"a=(),\tb=1 ,c":                               `()`,
		`a=(-0.00 -0 -0.001);b=-0.0`:                  `(0.0 0 -0.001);b=0.0`,
		`a=(:aGk: :aGl=: :aGl: :aA=: :aA: :: :aGk=:)`: `(:aGk=: :aGk=: :aGk=: :aA==: :aA==: :: :aGk=:)`,
	} {
		members, err := readDictionary(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := string(appendInnerList(nil, &members[0])); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestNoDictionaries(t *testing.T) {
	for _, text := range []string{
		`A=1`, `1=1`, `a=`, `a=1,`, `a=1,,b=1`, `a=1 b=1`, `a,a`, `a=1;b;b`, `a=(`, `a=("x"`, `a=("x""y")`, "a=(1\t2)",
		`a=(1;a;a)`, `a="`, `a="\`, `a="\x"`, "a=\"\x01\"", "a=\"\x7f\"", `a="é"`, `a=:`, `a=:?:`, `a=:A:`, `a=:AA===:`,
		"a=:AA\n==:", `a=:AA=A:`, `a=:AAAA=:`, `a=:=:`, `a=:A=A=:`, `a=:AAAAA:`, `a=?2`, `a=?`, `a=-`, `a=--1`, `a=1.`, `a=.5`, `a=1.2345`,
		`a=1234567890123456`, `a=1234567890123.1`, `a=@1`, `a=%"x"`, `a=1;`, `a=1;B`, `a =1`, `a= 1`, "a=1\x00", "\ta=1",
		"é=1", strings.Repeat(" ", fieldBytesMax) + "a", "a=(" + strings.Repeat("1 ", 65) + ")",
		"a=(1" + strings.Repeat(";x", 17) + ")", "a,b,c,d,e,f,g,h,i",
	} {
		if members, err := readDictionary(text); err == nil {
			t.Errorf("%.60q: %v", text, members)
		}
	}
}
