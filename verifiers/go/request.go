package countersign

import "unicode/utf8"

// Header is one header as received. Its value may be any bytes.
type Header struct {
	Name, Value string
}

// Request is a request as a verifier sees it.
type Request struct {
	// Method as received.
	Method string
	// Target is path and query as received, nothing decoded.
	Target string
	// Headers with names in any case, repeats kept, Host among them.
	Headers []Header
	// Body without any transfer coding.
	Body []byte
	// BodyTooLarge says that the body is beyond the limit and was not read.
	BodyTooLarge bool
}

// message is a request taken apart: names of headers in lower case, values without
// blanks around them.
type message struct {
	method, target string
	path, query    string
	hasQuery       bool
	headers        map[string][]string
	body           []byte
	bodyTooLarge   bool
}

func newMessage(request *Request) *message {
	m := &message{
		method:       request.Method,
		target:       request.Target,
		path:         request.Target,
		headers:      make(map[string][]string, len(request.Headers)),
		body:         request.Body,
		bodyTooLarge: request.BodyTooLarge,
	}
	m.path, m.query, m.hasQuery = cut(request.Target, '?')
	for _, header := range request.Headers {
		name := asciiLower(header.Name)
		m.headers[name] = append(m.headers[name], trimBlanks(header.Value))
	}
	return m
}

// values are those of a header, its name in lower case.
func (m *message) values(name string) []string {
	return m.headers[name]
}

// single is the value of a header that may occur once.
func (m *message) single(name string) (value string, there bool, refusal *Refusal) {
	values := m.headers[name]
	switch {
	case len(values) == 0:
		return "", false, nil
	case len(values) > 1 || !utf8.ValidString(values[0]):
		return "", true, refuse(Malformed)
	}
	return values[0], true, nil
}
