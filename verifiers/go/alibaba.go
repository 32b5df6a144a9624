package countersign

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"sort"
	"strings"
	"unicode/utf8"
)

// Headers of the scheme, in lower case.
const (
	alibabaSignature = "x-ca-proxy-signature"
	alibabaSignKey   = "x-ca-proxy-signature-secret-key"
	alibabaList      = "x-ca-proxy-signature-headers"
)

// signedNamesMax is the most headers that one request may sign.
const signedNamesMax = 100

const formType = "application/x-www-form-urlencoded"

func tellsAlibaba(m *message) bool {
	return len(m.values(alibabaSignature)) > 0
}

func (c *check) alibaba() (*checkedKey, *Refusal) {
	signature, _, malformed := c.m.single(alibabaSignature)
	signKey, hasSignKey, malformedKey := c.m.single(alibabaSignKey)
	list, _, malformedList := c.m.single(alibabaList)
	if malformed != nil || malformedKey != nil || malformedList != nil {
		return nil, refuse(Malformed)
	}
	c.signKey = signKey
	lines, refusal := alibabaHeaderLines(c.m, list)
	if refusal != nil {
		return nil, refusal
	}
	if !hasSignKey {
		return nil, refuse(SignedHeaderMissing)
	}
	keys, refusal := c.keys.usable(c.now, signKey, AlibabaHMACSHA256)
	if refusal != nil {
		return nil, refusal
	}
	if stated := c.m.values("content-md5"); len(stated) > 0 {
		digest := md5Base64(c.m.body)
		for _, value := range stated {
			if value != digest {
				return nil, refuse(BodyDigestDiffers)
			}
		}
	}
	text := alibabaStringToSign(c.m, lines)
	for _, key := range keys {
		mac := hmacSHA256(key.secret(), text)
		if hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac)), []byte(signature)) {
			return key, nil
		}
	}
	return nil, refuse(SignatureDiffers)
}

// alibabaHeaderLines are the lines of the signed headers: `name:value` and LF.
func alibabaHeaderLines(m *message, list string) ([]byte, *Refusal) {
	if strings.Count(list, ",") >= signedNamesMax {
		return nil, refuse(Malformed)
	}
	var names []string
	if list != "" {
		names = strings.Split(list, ",")
	}
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		lower := asciiLower(name)
		if lower == "" || lower == alibabaSignature || lower == alibabaList || seen[lower] {
			return nil, refuse(Malformed)
		}
		seen[lower] = true
	}
	sort.Slice(names, func(i, j int) bool { return lessUTF16(names[i], names[j]) })
	var lines []byte
	missing := !seen[alibabaSignKey]
	for _, name := range names {
		lower := asciiLower(name)
		values := m.values(lower)
		if len(values) == 0 {
			missing = true
			continue
		}
		if len(values) > 1 || !utf8.ValidString(values[0]) {
			return nil, refuse(Malformed)
		}
		lines = append(append(lines, lower...), ':')
		lines = append(append(lines, values[0]...), '\n')
	}
	if missing {
		return nil, refuse(SignedHeaderMissing)
	}
	return lines, nil
}

func alibabaStringToSign(m *message, headerLines []byte) []byte {
	method, form := asciiUpper(m.method), isForm(m)
	digest := ""
	if len(m.body) > 0 && !form && (method == "POST" || method == "PUT") {
		digest = md5Base64(m.body)
	}
	params := make(map[string]string)
	addFormParams(params, m.query)
	if form {
		addFormParams(params, string(m.body))
	}
	names := make([]string, 0, len(params))
	for name := range params {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return lessUTF16(names[i], names[j]) })

	text := make([]byte, 0, len(method)+len(digest)+len(headerLines)+len(m.target)+16)
	text = append(append(text, method...), '\n')
	text = append(append(text, digest...), '\n')
	text = append(append(text, headerLines...), m.path...)
	separator := byte('?')
	for _, name := range names {
		text = append(append(text, separator), name...)
		text = append(append(text, '='), params[name]...)
		separator = '&'
	}
	return text
}

func isForm(m *message) bool {
	types := m.values("content-type")
	if len(types) == 0 {
		return false
	}
	media, _, _ := cut(types[0], ';')
	return asciiLower(trimBlanks(media)) == formType
}

// addFormParams reads a query or a form; the first value of a name counts.
func addFormParams(params map[string]string, text string) {
	for text != "" {
		var piece string
		piece, text, _ = cut(text, '&')
		name, value, _ := cut(piece, '=')
		if name = formDecode(name); name == "" {
			continue
		}
		if _, there := params[name]; !there {
			params[name] = formDecode(value)
		}
	}
}

func formDecode(text string) string {
	return toUTF8(unescape(strings.ReplaceAll(text, "+", " ")))
}

func md5Base64(body []byte) string {
	digest := md5.Sum(body)
	return base64.StdEncoding.EncodeToString(digest[:])
}

func hmacSHA256(secret string, text []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(text)
	return mac.Sum(nil)
}
