package countersign

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"unicode/utf8"
)

func tellsBasic(m *message, header string) bool {
	for _, value := range m.values(header) {
		if asciiLower(firstWord(value)) == "basic" {
			return true
		}
	}
	return false
}

// basic checks RFC 7617 with sign key and secret as user name and password.
func (c *check) basic() (*checkedKey, *Refusal) {
	value, _, refusal := c.m.single(c.header)
	if refusal != nil {
		return nil, refusal
	}
	pair, err := decodeBase64(strings.TrimLeft(value[len("basic"):], " \t"))
	signKey, secret, found := cut(string(pair), ':')
	if err != nil || !found || !utf8.Valid(pair) {
		return nil, refuse(Malformed)
	}
	c.signKey = signKey
	keys, refusal := c.keys.usable(c.now, signKey, Basic)
	if refusal != nil {
		return nil, refusal
	}
	for _, key := range keys {
		if equalSecrets(key.secret(), secret) {
			return key, nil
		}
	}
	return nil, refuse(SignatureDiffers)
}

// equalSecrets compares digests, so that the time tells nothing of the lengths either.
func equalSecrets(known, presented string) bool {
	a, b := sha256.Sum256([]byte(known)), sha256.Sum256([]byte(presented))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
