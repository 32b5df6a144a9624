package countersign

import (
	"encoding/base64"
	"strconv"
)

// appendInnerList writes an inner list as RFC 8941 section 4.1.1.1 has it, which
// need not be how it was received.
func appendInnerList(out []byte, list *member) []byte {
	out = append(out, '(')
	for i, item := range list.items {
		if i > 0 {
			out = append(out, ' ')
		}
		out = appendParams(appendBare(out, item.value), item.params)
	}
	return appendParams(append(out, ')'), list.params)
}

func appendParams(out []byte, params []parameter) []byte {
	for _, param := range params {
		out = append(append(out, ';'), param.key...)
		if set, isBool := param.value.(sfBool); !isBool || !bool(set) {
			out = appendBare(append(out, '='), param.value)
		}
	}
	return out
}

func appendBare(out []byte, value bareItem) []byte {
	switch value := value.(type) {
	case sfInteger:
		return strconv.AppendInt(out, int64(value), 10)
	case sfDecimal:
		return appendDecimal(out, int64(value))
	case sfString:
		out = append(out, '"')
		for i := 0; i < len(value); i++ {
			if value[i] == '"' || value[i] == '\\' {
				out = append(out, '\\')
			}
			out = append(out, value[i])
		}
		return append(out, '"')
	case sfToken:
		return append(out, value...)
	case sfBytes:
		out = append(out, ':')
		out = append(out, base64.StdEncoding.EncodeToString(value)...)
		return append(out, ':')
	case sfBool:
		if value {
			return append(out, "?1"...)
		}
		return append(out, "?0"...)
	}
	return out
}

// appendDecimal writes at least one digit of the fraction and no more than it has.
func appendDecimal(out []byte, thousandths int64) []byte {
	if thousandths < 0 {
		out = append(out, '-')
		thousandths = -thousandths
	}
	out = append(strconv.AppendInt(out, thousandths/1000, 10), '.')
	rest := thousandths % 1000
	out = append(out, byte('0'+rest/100))
	if rest%100 != 0 {
		out = append(out, byte('0'+rest/10%10))
	}
	if rest%10 != 0 {
		out = append(out, byte('0'+rest%10))
	}
	return out
}
