package countersign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"
	"unicode/utf8"
)

const (
	huaweiAlgorithm = "SDK-HMAC-SHA256"
	huaweiDate      = "x-sdk-date"
	huaweiDigest    = "x-sdk-content-sha256"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

func tellsHuawei(m *message, header string) bool {
	for _, value := range m.values(header) {
		if firstWord(value) == huaweiAlgorithm {
			return true
		}
	}
	return false
}

// huaweiClaim is what a request says of itself.
type huaweiClaim struct {
	signKey, list, signature, date string
	names                          []string
	seconds                        int64
}

func (c *check) huawei() (*checkedKey, *Refusal) {
	claim, refusal := c.readHuaweiClaim()
	if refusal != nil {
		return nil, refusal
	}
	keys, refusal := c.keys.usable(c.now, claim.signKey, HuaweiHMACSHA256)
	if refusal != nil {
		return nil, refusal
	}
	if c.outsideWindow(claim.seconds) {
		return nil, refuse(Expired)
	}
	payload, refusal := c.huaweiPayload()
	if refusal != nil {
		return nil, refusal
	}
	texts := huaweiStringsToSign(c.m, claim, payload)
	for _, key := range keys {
		for _, text := range texts {
			mac := hex.EncodeToString(hmacSHA256(key.secret(), text))
			if hmac.Equal([]byte(mac), []byte(claim.signature)) {
				return key, nil
			}
		}
	}
	return nil, refuse(SignatureDiffers)
}

// readHuaweiClaim refuses as malformed or signed_header_missing.
func (c *check) readHuaweiClaim() (*huaweiClaim, *Refusal) {
	value, _, malformed := c.m.single(c.header)
	_, _, malformedHost := c.m.single("host")
	_, _, malformedDigest := c.m.single(huaweiDigest)
	date, _, malformedDate := c.m.single(huaweiDate)
	if malformed != nil || malformedHost != nil || malformedDigest != nil || malformedDate != nil {
		return nil, refuse(Malformed)
	}
	claim, ok := parseHuaweiAuthorization(value)
	if !ok {
		return nil, refuse(Malformed)
	}
	c.signKey = claim.signKey
	claim.date = date
	if claim.seconds, ok = parseSdkDate(date); !ok {
		return nil, refuse(Malformed)
	}
	seen := make(map[string]bool, len(claim.names))
	missing := false
	for _, name := range claim.names {
		if !isHuaweiName(name) || seen[name] {
			return nil, refuse(Malformed)
		}
		seen[name] = true
		values := c.m.values(name)
		missing = missing || len(values) == 0
		for _, value := range values {
			if !utf8.ValidString(value) {
				return nil, refuse(Malformed)
			}
		}
	}
	if missing || !seen["host"] || !seen[huaweiDate] {
		return nil, refuse(SignedHeaderMissing)
	}
	return claim, nil
}

// parseHuaweiAuthorization reads the whole value as
// `SDK-HMAC-SHA256\s+Access=([^,]+),\s?SignedHeaders=([^,]+),\s?Signature=([A-Za-z0-9_]+)`.
func parseHuaweiAuthorization(value string) (*huaweiClaim, bool) {
	rest := strings.TrimPrefix(value, huaweiAlgorithm)
	fields := strings.TrimLeft(rest, " \t\n\v\f\r")
	if len(fields) == len(rest) {
		return nil, false
	}
	parts := strings.Split(fields, ",")
	if len(parts) != 3 {
		return nil, false
	}
	claim := &huaweiClaim{}
	for i, field := range []struct {
		name  string
		value *string
	}{{"Access=", &claim.signKey}, {"SignedHeaders=", &claim.list}, {"Signature=", &claim.signature}} {
		part := parts[i]
		if i > 0 && part != "" && strings.IndexByte(" \t\n\v\f\r", part[0]) >= 0 {
			part = part[1:]
		}
		if !strings.HasPrefix(part, field.name) || len(part) == len(field.name) {
			return nil, false
		}
		*field.value = part[len(field.name):]
	}
	for i := 0; i < len(claim.signature); i++ {
		if b := claim.signature[i]; !isAlpha(b) && !isDigit(b) && b != '_' {
			return nil, false
		}
	}
	if strings.Count(claim.list, ";") >= signedNamesMax {
		return nil, false
	}
	claim.names = strings.Split(claim.list, ";")
	return claim, true
}

// isHuaweiName tells visible ASCII without upper case and colon.
func isHuaweiName(name string) bool {
	for i := 0; i < len(name); i++ {
		if b := name[i]; b <= ' ' || b > '~' || b == ':' || 'A' <= b && b <= 'Z' {
			return false
		}
	}
	return name != ""
}

// huaweiPayload is the last line of the canonical request.
func (c *check) huaweiPayload() (string, *Refusal) {
	stated, there, _ := c.m.single(huaweiDigest)
	if there && stated == unsignedPayload && !c.refuseUnsignedPayload {
		return unsignedPayload, nil
	}
	sum := sha256.Sum256(c.m.body)
	digest := hex.EncodeToString(sum[:])
	if !there {
		return digest, nil
	}
	if asciiLower(stated) != digest {
		return "", refuse(BodyDigestDiffers)
	}
	return stated, nil
}

// huaweiStringsToSign are one, or two where a `+` in the query may be a space or itself.
func huaweiStringsToSign(m *message, claim *huaweiClaim, payload string) [][]byte {
	queries := []string{strings.ReplaceAll(m.query, "+", " ")}
	if queries[0] != m.query {
		queries = append(queries, m.query)
	}
	texts := make([][]byte, 0, len(queries))
	for _, query := range queries {
		digest := sha256.Sum256(huaweiCanonicalRequest(m, claim, query, payload))
		text := []byte(huaweiAlgorithm + "\n" + claim.date + "\n" + hex.EncodeToString(digest[:]))
		texts = append(texts, text)
	}
	return texts
}

func huaweiCanonicalRequest(m *message, claim *huaweiClaim, query, payload string) []byte {
	out := make([]byte, 0, 512)
	out = append(append(out, asciiUpper(m.method)...), '\n')
	out = append(appendCanonicalPath(out, m.path), '\n')
	out = append(appendCanonicalQuery(out, query), '\n')
	for _, name := range claim.names {
		values := append([]string(nil), m.values(name)...)
		sort.Strings(values)
		for _, value := range values {
			out = append(append(out, name...), ':')
			out = append(append(out, value...), '\n')
		}
	}
	out = append(out, '\n')
	out = append(append(out, claim.list...), '\n')
	return append(out, payload...)
}

// appendCanonicalPath decodes once, encodes each segment and ends with a slash.
func appendCanonicalPath(out []byte, path string) []byte {
	for i, segment := range strings.Split(unescape(path), "/") {
		if i > 0 {
			out = append(out, '/')
		}
		out = appendEscaped(out, segment)
	}
	if out[len(out)-1] != '/' {
		out = append(out, '/')
	}
	return out
}

// appendCanonicalQuery decodes, sorts by name and value, and encodes; a `+` is itself.
func appendCanonicalQuery(out []byte, query string) []byte {
	type pair struct{ name, value string }
	var pairs []pair
	for query != "" {
		var piece string
		piece, query, _ = cut(query, '&')
		if piece != "" {
			name, value, _ := cut(piece, '=')
			pairs = append(pairs, pair{unescape(name), unescape(value)})
		}
	}
	sort.Slice(pairs, func(i, j int) bool {
		a, b := pairs[i], pairs[j]
		return a.name < b.name || a.name == b.name && a.value < b.value
	})
	for i, pair := range pairs {
		if i > 0 {
			out = append(out, '&')
		}
		out = append(appendEscaped(out, pair.name), '=')
		out = appendEscaped(out, pair.value)
	}
	return out
}
