package countersign

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// What is read of a field, all its lines together.
const (
	fieldBytesMax  = 16 * 1024
	membersMax     = 8
	componentsMax  = 64
	parametersMax  = 16
	integerDigits  = 15
	decimalDigits  = 12
	fractionDigits = 3
)

var errBadField = errors.New("no dictionary of structured fields that is read here")

// The types of bare items (RFC 8941 section 3.3). A decimal is in thousandths.
type (
	sfInteger int64
	sfDecimal int64
	sfString  string
	sfToken   string
	sfBytes   []byte
	sfBool    bool
)

// bareItem is one of these types.
type bareItem any

// parameter is a key with its value; sfBool(true) where none was written.
type parameter struct {
	key   string
	value bareItem
}

type sfItem struct {
	value  bareItem
	params []parameter
}

// member is a member of a dictionary: an inner list with parameters, or one item.
type member struct {
	key     string
	isInner bool
	items   []sfItem
	params  []parameter
}

// readDictionary reads strictly: a key or a parameter that occurs twice, which RFC
// 8941 lets pass, is an error.
func readDictionary(text string) ([]member, error) {
	if len(text) > fieldBytesMax {
		return nil, errBadField
	}
	p := &sfParser{text: text}
	members := p.dictionary()
	if p.failed {
		return nil, errBadField
	}
	return members, nil
}

func findMember(members []member, key string) *member {
	for i := range members {
		if members[i].key == key {
			return &members[i]
		}
	}
	return nil
}

// bytes are those of a member that is one byte sequence.
func (m *member) bytes() ([]byte, bool) {
	if m == nil || m.isInner {
		return nil, false
	}
	bytes, ok := m.items[0].value.(sfBytes)
	return bytes, ok
}

// sfParser goes on from `at` until it has failed; what it gives then counts nothing.
type sfParser struct {
	text   string
	at     int
	failed bool
}

func (p *sfParser) dictionary() []member {
	var members []member
	p.skip(" ")
	for !p.done() {
		key := p.key()
		if findMember(members, key) != nil || len(members) == membersMax {
			p.fail()
		}
		members = append(members, p.member(key))
		p.skip(" \t")
		if p.done() {
			break
		}
		p.want(',')
		p.skip(" \t")
		if p.at == len(p.text) {
			p.fail()
		}
	}
	return members
}

func (p *sfParser) member(key string) member {
	m := member{key: key}
	switch {
	case !p.take('='):
		m.items = []sfItem{{sfBool(true), p.params()}}
	case p.take('('):
		m.isInner = true
		m.items = p.innerItems()
		m.params = p.params()
	default:
		m.items = []sfItem{{p.bare(), p.params()}}
	}
	return m
}

func (p *sfParser) innerItems() []sfItem {
	var items []sfItem
	for !p.failed {
		blanks := p.skip(" ")
		if p.take(')') {
			break
		}
		if len(items) == componentsMax || len(items) > 0 && !blanks {
			p.fail()
		}
		items = append(items, sfItem{p.bare(), p.params()})
	}
	return items
}

func (p *sfParser) params() []parameter {
	var params []parameter
	for !p.failed && p.take(';') {
		p.skip(" ")
		key := p.key()
		if _, there := findParam(params, key); there || len(params) == parametersMax {
			p.fail()
		}
		var value bareItem = sfBool(true)
		if p.take('=') {
			value = p.bare()
		}
		params = append(params, parameter{key, value})
	}
	return params
}

func findParam(params []parameter, key string) (bareItem, bool) {
	for _, param := range params {
		if param.key == key {
			return param.value, true
		}
	}
	return nil, false
}

func (p *sfParser) key() string {
	start := p.at
	if b := p.peek(); !isLower(b) && b != '*' {
		p.fail()
		return ""
	}
	p.while(func(b byte) bool {
		return isLower(b) || isDigit(b) || strings.IndexByte("_-.*", b) >= 0
	})
	return p.text[start:p.at]
}

func (p *sfParser) bare() bareItem {
	switch b := p.peek(); {
	case b == '"':
		return p.string()
	case b == ':':
		return p.byteSequence()
	case b == '?':
		p.at++
		if p.take('1') {
			return sfBool(true)
		}
		p.want('0')
		return sfBool(false)
	case b == '-' || isDigit(b):
		return p.number()
	case b == '*' || isAlpha(b):
		start := p.at
		p.while(func(b byte) bool { return isTokenByte(b) || b == ':' || b == '/' })
		return sfToken(p.text[start:p.at])
	}
	p.fail()
	return nil
}

func (p *sfParser) string() bareItem {
	p.want('"')
	var out []byte
	for !p.failed && !p.take('"') {
		b := p.peek()
		if b == '\\' {
			p.at++
			if b = p.peek(); b != '"' && b != '\\' {
				p.fail()
			}
		}
		if b < ' ' || b > '~' {
			p.fail()
		}
		out = append(out, b)
		p.at++
	}
	return sfString(out)
}

// byteSequence takes Base64 with and without padding, as section 4.2.7 wants it.
func (p *sfParser) byteSequence() bareItem {
	p.want(':')
	end := strings.IndexByte(p.text[p.at:], ':')
	if end < 0 {
		p.fail()
		return nil
	}
	text := p.text[p.at : p.at+end]
	p.at += end + 1
	bare := strings.TrimRight(text, "=")
	decoded, err := base64.RawStdEncoding.DecodeString(bare)
	// The decoder passes over line ends.
	if err != nil || strings.ContainsAny(text, "\r\n") || len(text)-len(bare) > (4-len(bare)%4)%4 {
		p.fail()
	}
	return sfBytes(decoded)
}

func (p *sfParser) number() bareItem {
	negative := p.take('-')
	start := p.at
	p.while(isDigit)
	digits := p.text[start:p.at]
	if p.failed || digits == "" || len(digits) > integerDigits {
		p.fail()
		return nil
	}
	if !p.take('.') {
		return sfInteger(signed(negative, digits))
	}
	start = p.at
	p.while(isDigit)
	fraction := p.text[start:p.at]
	if len(digits) > decimalDigits || fraction == "" || len(fraction) > fractionDigits {
		p.fail()
		return nil
	}
	return sfDecimal(signed(negative, digits+fraction+"00"[:fractionDigits-len(fraction)]))
}

// signed reads at most 15 digits, which always fit.
func signed(negative bool, digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64)
	if negative {
		return -n
	}
	return n
}

// peek is 0, which nothing begins with, at the end.
func (p *sfParser) peek() byte {
	if p.failed || p.at >= len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *sfParser) take(b byte) bool {
	if p.peek() != b || p.at >= len(p.text) {
		return false
	}
	p.at++
	return true
}

func (p *sfParser) want(b byte) {
	if !p.take(b) {
		p.fail()
	}
}

func (p *sfParser) while(fits func(byte) bool) {
	for p.at < len(p.text) && fits(p.text[p.at]) {
		p.at++
	}
}

func (p *sfParser) skip(blanks string) bool {
	start := p.at
	p.while(func(b byte) bool { return strings.IndexByte(blanks, b) >= 0 })
	return p.at > start
}

func (p *sfParser) done() bool {
	return p.failed || p.at >= len(p.text)
}

func (p *sfParser) fail() {
	p.failed = true
}

func isLower(b byte) bool {
	return 'a' <= b && b <= 'z'
}

// isTokenByte tells a tchar of RFC 9110 section 5.6.2.
func isTokenByte(b byte) bool {
	return isAlpha(b) || isDigit(b) || strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
}
