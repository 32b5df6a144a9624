package countersign

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// seenByApplication is what the handler behind the middleware saw last.
type seenByApplication struct {
	calls    int
	verified Verified
	ok       bool
	refusal  *Refusal
	header   http.Header
	body     []byte
	bodyErr  error
}

func (s *seenByApplication) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls++
	s.verified, s.ok = FromContext(r.Context())
	s.refusal = RefusalFromContext(r.Context())
	s.header = r.Header
	s.body, s.bodyErr = io.ReadAll(r.Body)
	w.WriteHeader(http.StatusNoContent)
}

func serve(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.MaxHeaderBytes = 1 << 20
	// Requests that are none are told in the log of the server.
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// exchange writes bytes to a server and reads one answer.
func exchange(t *testing.T, server *httptest.Server, raw string) (*http.Response, string) {
	t.Helper()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(20 * time.Second))
	// A server that does not read a body to its end may close before all is written.
	_, _ = io.WriteString(connection, raw)
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatalf("%v after %.200q", err, raw)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response, string(body)
}

// wire is a case as a client would send it; false if HTTP has no such request or
// package http answers it itself.
func (c *vectorCase) wire(chunked bool) (string, bool) {
	request := c.request()
	var raw strings.Builder
	hosts := 0
	fmt.Fprintf(&raw, "%s %s HTTP/1.1\r\n", request.Method, request.Target)
	for _, header := range request.Headers {
		if strings.EqualFold(header.Name, "host") {
			hosts++
			if !isASCII(header.Value) {
				return "", false
			}
		}
		if strings.ContainsAny(header.Value, "\r\n\x00\x01") {
			return "", false
		}
		fmt.Fprintf(&raw, "%s: %s\r\n", header.Name, header.Value)
	}
	if hosts > 1 {
		return "", false
	}
	if hosts == 0 {
		// HTTP/1.0 wants none.
		text := strings.Replace(raw.String(), " HTTP/1.1\r\n", " HTTP/1.0\r\n", 1)
		raw.Reset()
		raw.WriteString(text)
		chunked = false
	}
	if chunked {
		raw.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		for body := request.Body; len(body) > 0; {
			n := (len(body) + 1) / 2
			fmt.Fprintf(&raw, "%x\r\n%s\r\n", n, body[:n])
			body = body[n:]
		}
		raw.WriteString("0\r\n\r\n")
	} else {
		fmt.Fprintf(&raw, "Content-Length: %d\r\n\r\n%s", len(request.Body), request.Body)
	}
	return raw.String(), true
}

// Every case that HTTP can carry, over a socket.
func TestVectorsThroughServer(t *testing.T) {
	sent, unheard := 0, 0
	for _, c := range readVectors(t) {
		for _, chunked := range []bool{false, true} {
			c := c
			raw, ok := c.wire(chunked)
			if !ok {
				continue
			}
			sent++
			application := &seenByApplication{}
			server := serve(t, c.verifier(t).Middleware(application))
			response, body := exchange(t, server, raw)
			server.Close()
			if _, err := url.ParseRequestURI(fromLatin1(c.Request.Target)); err != nil {
				// Package http answers itself: a broken escape in the path.
				if response.StatusCode != http.StatusBadRequest || application.calls != 0 {
					t.Errorf("%s: status %d", c.Name, response.StatusCode)
				}
				unheard++
				continue
			}
			if c.Expect == "ok" {
				if response.StatusCode != http.StatusNoContent || application.calls != 1 {
					t.Errorf("%s: status %d %s", c.Name, response.StatusCode, body)
				}
				if !application.ok || application.verified.SignKey != c.Key {
					t.Errorf("%s: %+v", c.Name, application.verified)
				}
				if !bytes.Equal(application.body, c.Request.Body) || application.bodyErr != nil {
					t.Errorf("%s: body of %d bytes, %v", c.Name, len(application.body), application.bodyErr)
				}
				continue
			}
			if response.StatusCode != http.StatusUnauthorized || application.calls != 0 ||
				response.Header.Get("X-Countersign-Refusal") != c.Expect ||
				response.Header.Get("Content-Type") != "application/json" ||
				c.Request.Method != "HEAD" && body != `{"error":"`+c.Expect+`"}` {
				t.Errorf("%s: %d %q %q, want %s", c.Name, response.StatusCode,
					response.Header.Get("X-Countersign-Refusal"), body, c.Expect)
			}
		}
	}
	if sent < 1700 || unheard > 20 {
		t.Errorf("%d requests were sent, and %d not heard", sent, unheard)
	}
}

// basicVerifier accepts `Basic azpz`.
func basicVerifier(t testing.TB, change func(*Config)) *Verifier {
	t.Helper()
	keys, err := NewKeySet(Key{Scheme: Basic, SignKey: "k", Secret: "s", Name: "orders", Version: 3, State: Active})
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Keys: keys}
	if change != nil {
		change(&config)
	}
	verifier, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

const signedBasic = "Host: b\r\nAuthorization: Basic azpz\r\n"

func TestObserveModeRefusesNothing(t *testing.T) {
	var events []Event
	verifier := basicVerifier(t, func(config *Config) {
		config.Observe = true
		config.BodyBytesMax = 4
		config.OnRefusal = func(event Event) { events = append(events, event) }
	})
	application := &seenByApplication{}
	server := serve(t, verifier.Middleware(application))
	for _, c := range []struct {
		raw, body string
		refusal   RefusalName
	}{
		{"GET / HTTP/1.1\r\n" + signedBasic + "\r\n", "", ""},
		{"GET / HTTP/1.1\r\n" + signedBasic + "X-Countersign-Refusal: expired\r\n\r\n", "", ""},
		{"POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 6\r\n\r\nabcdef", "abcdef", NoSignature},
		{"POST / HTTP/1.1\r\nHost: b\r\nx-countersign-refusal: no\r\nContent-Length: 0\r\n\r\n", "", NoSignature},
		{"POST / HTTP/1.1\r\n" + signedBasic + "Content-Length: 5\r\n\r\nabcde", "abcde", BodyTooLarge},
		{"POST / HTTP/1.1\r\n" + signedBasic + "Transfer-Encoding: chunked\r\n\r\n" +
			"3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n", "abcdefgh", BodyTooLarge},
		{"POST / HTTP/1.1\r\n" + signedBasic + "Content-Length: 4\r\n\r\nabcd", "abcd", ""},
		{"GET / HTTP/1.1\r\nHost: b\r\nAuthorization: Basic azp0\r\n\r\n", "", SignatureDiffers},
	} {
		events = nil
		before := application.calls
		response, _ := exchange(t, server, c.raw)
		if response.StatusCode != http.StatusNoContent || application.calls != before+1 {
			t.Errorf("%q: status %d", c.raw, response.StatusCode)
		}
		if got := string(application.body); got != c.body || application.bodyErr != nil {
			t.Errorf("%q: body %q, %v", c.raw, got, application.bodyErr)
		}
		said := application.header.Values("X-Countersign-Refusal")
		if c.refusal == "" {
			if !application.ok || application.refusal != nil || len(said) != 0 || len(events) != 0 {
				t.Errorf("%q: %v %v %v", c.raw, application.refusal, said, events)
			}
			continue
		}
		if application.ok || application.refusal == nil || application.refusal.Name != c.refusal ||
			len(said) != 1 || said[0] != string(c.refusal) ||
			len(events) != 1 || !events[0].Observed || events[0].Refusal.Name != c.refusal {
			t.Errorf("%q: %v %v %v", c.raw, application.refusal, said, events)
		}
	}
	stats := verifier.Stats()
	if stats.Verified != 3 || stats.Refused[NoSignature] != 2 || stats.Refused[BodyTooLarge] != 2 {
		t.Errorf("%+v", stats)
	}
}

func TestRefusalsAreTold(t *testing.T) {
	var events []Event
	verifier := basicVerifier(t, func(config *Config) {
		config.OnRefusal = func(event Event) { events = append(events, event) }
	})
	application := &seenByApplication{}
	server := serve(t, verifier.Middleware(application))
	response, _ := exchange(t, server, "GET /p?q HTTP/1.1\r\nHost: b\r\nAuthorization: Basic eDpz\r\n\r\n")
	if response.StatusCode != 401 || len(events) != 1 || events[0].Observed ||
		events[0].Refusal.SignKey != "x" || events[0].Request.RequestURI != "/p?q" {
		t.Errorf("%d %+v", response.StatusCode, events)
	}
	response, body := exchange(t, server, "HEAD / HTTP/1.0\r\n\r\n")
	if response.StatusCode != 401 || body != "" || response.Header.Get(RefusalHeader) != "no_signature" {
		t.Errorf("%d %q", response.StatusCode, body)
	}
	if application.calls != 0 {
		t.Error("the application was asked")
	}
}

// A body whose end cannot be read is no body; the application never sees half of it
// as a whole.
func TestBrokenBodies(t *testing.T) {
	for _, observe := range []bool{false, true} {
		observe := observe
		application := &seenByApplication{}
		verifier := basicVerifier(t, func(config *Config) { config.Observe = observe })
		server := serve(t, verifier.Middleware(application))
		exchange(t, server, "POST / HTTP/1.1\r\n"+signedBasic+"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
		if observe && (application.calls != 1 || application.bodyErr == nil || string(application.body) != "abc") {
			t.Errorf("%+v", application)
		}
		if !observe && application.calls != 0 {
			t.Errorf("%+v", application)
		}
	}
}

// Handlers before the middleware may limit the body too.
func TestLimitOfAnotherHandler(t *testing.T) {
	application := &seenByApplication{}
	inner := basicVerifier(t, nil).Middleware(application)
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 3)
		inner.ServeHTTP(w, r)
	}))
	response, _ := exchange(t, server, "POST / HTTP/1.1\r\n"+signedBasic+"Content-Length: 4\r\n\r\nabcd")
	if response.Header.Get(RefusalHeader) != "body_too_large" || application.calls != 0 {
		t.Errorf("%v", response.Header)
	}
}

// A body that is told to be too long is not waited for.
func TestBodyTooLargeIsNotRead(t *testing.T) {
	application := &seenByApplication{}
	server := serve(t, basicVerifier(t, nil).Middleware(application))
	response, _ := exchange(t, server, "POST / HTTP/1.1\r\n"+signedBasic+"Content-Length: 10485761\r\n\r\n")
	if response.Header.Get(RefusalHeader) != "body_too_large" {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
	// Neither is one without a signature.
	response, _ = exchange(t, server, "POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
	if response.Header.Get(RefusalHeader) != "no_signature" {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
}

// What package http keeps of a request: the target as sent even behind handlers that
// change the URL, repeated headers, trailers.
func TestBehindOtherHandlers(t *testing.T) {
	var c vectorCase
	for _, other := range readVectors(t) {
		if other.Name == "rfc9421/target-dots" {
			c = other
		}
	}
	raw, _ := c.wire(false)
	application := &seenByApplication{}
	inner := c.verifier(t).Middleware(application)
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path, r.URL.RawQuery = "/other", ""
		inner.ServeHTTP(w, r)
	}))
	response, _ := exchange(t, server, raw)
	if response.StatusCode != http.StatusNoContent || !application.ok {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
}

func TestTrailersReachTheApplication(t *testing.T) {
	var trailer string
	server := serve(t, basicVerifier(t, nil).Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		trailer = r.Trailer.Get("X-End")
	})))
	exchange(t, server, "POST / HTTP/1.1\r\n"+signedBasic+"Trailer: X-End\r\nTransfer-Encoding: chunked\r\n\r\n"+
		"3\r\nabc\r\n0\r\nX-End: yes\r\n\r\n")
	if trailer != "yes" {
		t.Errorf("trailer %q", trailer)
	}
}
