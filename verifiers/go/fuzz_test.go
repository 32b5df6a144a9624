package countersign

import (
	"bytes"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// everyKey has a key of every scheme, so that nothing is passed over.
func everyKey(t testing.TB) *KeySet {
	t.Helper()
	seen := make(map[string]bool)
	var keys []Key
	for _, c := range readVectors(t) {
		for _, key := range c.Keys {
			text := string(key.Scheme) + key.SignKey + string(key.Secret)
			if !seen[text] {
				seen[text] = true
				keys = append(keys, key)
			}
		}
	}
	set, err := NewKeySet(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func verifierOf(t testing.TB, keys *KeySet) *Verifier {
	t.Helper()
	verifier, err := New(Config{Keys: keys, Now: func() time.Time { return time.Unix(1767323045, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// flatten writes a request as lines; unflatten reads whatever bytes as one.
func flatten(request Request) []byte {
	var out bytes.Buffer
	out.WriteString(request.Method + "\n" + request.Target + "\n")
	for _, header := range request.Headers {
		out.WriteString(header.Name + ":" + header.Value + "\n")
	}
	out.WriteString("\n")
	out.Write(request.Body)
	return out.Bytes()
}

func unflatten(data []byte) Request {
	head, body, _ := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	request := Request{Method: lines[0], Body: []byte(body)}
	if len(lines) > 1 {
		request.Target = lines[1]
		for _, line := range lines[2:] {
			name, value, _ := strings.Cut(line, ":")
			request.Headers = append(request.Headers, Header{name, value})
		}
	}
	return request
}

// checkAnything fails for a panic, and for a verdict that is none.
func checkAnything(t *testing.T, verifier *Verifier, request Request) {
	t.Helper()
	verified, refusal := verifier.Verify(request)
	if refusal == nil {
		if verified.SignKey == "" || verified.Scheme == "" {
			t.Errorf("verified as %+v: %q", verified, flatten(request))
		}
		return
	}
	if _, ok := verifier.refused[refusal.Name]; !ok {
		t.Errorf("refused as %q", refusal.Name)
	}
	if verified != (Verified{}) {
		t.Errorf("refused and %+v", verified)
	}
}

func FuzzVerify(f *testing.F) {
	for _, c := range readVectors(f) {
		if text := flatten(c.request()); len(text) < 2000 {
			f.Add(text)
		}
	}
	keys := everyKey(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		checkAnything(t, verifierOf(t, keys), unflatten(data))
	})
}

func FuzzStructuredFields(f *testing.F) {
	for _, c := range readVectors(f) {
		for _, name := range []string{"signature-input", "signature", "content-digest"} {
			request := c.request()
			if text := newMessage(&request).joined(name); text != "" && len(text) < 2000 {
				f.Add(text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		members, err := readDictionary(text)
		if err != nil {
			return
		}
		// What is written anew is read as the same.
		for _, read := range members {
			if !read.isInner {
				continue
			}
			written := appendInnerList(nil, &read)
			again, err := readDictionary("a=" + string(written))
			if len(written) > fieldBytesMax-2 {
				continue
			}
			if err != nil || len(again) != 1 || !bytes.Equal(appendInnerList(nil, &again[0]), written) {
				t.Errorf("%q was written as %q: %v", text, written, err)
			}
		}
	})
}

// TestChangedVectors makes requests of vectors with bytes changed, dropped and
// repeated, always the same ones.
func TestChangedVectors(t *testing.T) {
	random := rand.New(rand.NewSource(9421))
	keys := everyKey(t)
	verifier := verifierOf(t, keys)
	parts := []string{"\n", ":", ";", ",", "=", "\"", "(", ")", "%", "\x00", "\xff", "é", " ", "\t", "999", "&", "+", "\\"}
	cases := readVectors(t)
	rounds := 20
	if testing.Short() {
		rounds = 2
	}
	for round := 0; round < rounds; round++ {
		for _, c := range cases {
			data := flatten(c.request())
			if len(data) > 5000 {
				continue
			}
			for n := random.Intn(4); n >= 0; n-- {
				at := random.Intn(len(data) + 1)
				to := at + random.Intn(len(data)+1-at)
				if to > at+20 {
					to = at + random.Intn(20)
				}
				switch random.Intn(4) {
				case 0:
					data = append(data[:at:at], data[to:]...)
				case 1:
					data = append(data[:to:to], data[at:]...)
				case 2:
					data = append(append(data[:at:at], parts[random.Intn(len(parts))]...), data[at:]...)
				case 3:
					if at < len(data) {
						data[at] = byte(random.Intn(256))
					}
				}
			}
			checkAnything(t, verifier, unflatten(data))
		}
	}
}

// TestRandomBytes goes through the middleware as package http would have made the
// request, and through the core.
func TestRandomBytes(t *testing.T) {
	random := rand.New(rand.NewSource(7617))
	verifier := verifierOf(t, everyKey(t))
	handler := verifier.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("random bytes were verified")
	}))
	names := []string{
		"Authorization", "Signature-Input", "Signature", "Content-Digest", "X-Ca-Proxy-Signature",
		"X-Ca-Proxy-Signature-Headers", "X-Ca-Proxy-Signature-Secret-Key", "X-Sdk-Date", "Content-Type", "Host",
	}
	starts := []string{"", "SDK-HMAC-SHA256 Access=", "Basic ", "countersign=(", "countersign=:", "sha-256=:"}
	for n := 0; n < 20000; n++ {
		random := rand.New(rand.NewSource(random.Int63()))
		bytes := func() string {
			out := make([]byte, random.Intn(40))
			_, _ = random.Read(out)
			return string(out)
		}
		request := Request{Method: bytes(), Target: bytes(), Body: []byte(bytes())}
		raw := httptest.NewRequest("POST", "http://h/", strings.NewReader(bytes()))
		raw.Method, raw.RequestURI, raw.Host = request.Method, request.Target, bytes()
		for _, name := range names {
			if random.Intn(3) > 0 {
				value := starts[random.Intn(len(starts))] + bytes()
				request.Headers = append(request.Headers, Header{name, value})
				raw.Header[name] = append(raw.Header[name], value)
			}
		}
		checkAnything(t, verifier, request)
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, raw)
		if recorder.Code != http.StatusUnauthorized {
			t.Errorf("status %d", recorder.Code)
		}
	}
}

// A request that is verified is so for what it is: whatever bit of it changes, of what
// the schemes sign.
func TestEveryChangedBitIsSeen(t *testing.T) {
	for _, c := range readVectors(t) {
		c := c
		switch c.Name {
		case "rfc9421/hmac-sha256", "rfc9421/ed25519", "huawei/body-POST", "alibaba/body-POST":
		default:
			continue
		}
		for bit := 0; bit < 8*len(c.Request.Body); bit++ {
			request := c.request()
			request.Body = append([]byte(nil), request.Body...)
			request.Body[bit/8] ^= 1 << (bit % 8)
			if _, refusal := c.verifier(t).Verify(request); refusal == nil {
				t.Errorf("%s: bit %d of the body", c.Name, bit)
			}
		}
		for bit := 0; bit < 7*len(c.Request.Target); bit++ {
			request := c.request()
			target := []byte(request.Target)
			target[bit/7] ^= 1 << (bit % 7)
			request.Target = string(target)
			if _, refusal := c.verifier(t).Verify(request); refusal == nil && !sameQuery(c, request.Target) {
				t.Errorf("%s: bit %d of the target: %q", c.Name, bit, request.Target)
			}
		}
	}
}

// sameQuery tells a target that the two canonical schemes take as the same.
func sameQuery(c vectorCase, target string) bool {
	one, other := newMessage(&Request{Target: c.Request.Target}), newMessage(&Request{Target: target})
	return string(appendCanonicalPath(nil, one.path)) == string(appendCanonicalPath(nil, other.path)) &&
		string(appendCanonicalQuery(nil, one.query)) == string(appendCanonicalQuery(nil, other.query))
}
