package countersign

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sort"
)

// RefusalHeader names the refusal in an answer, and in observe mode in the request
// that the application sees.
const RefusalHeader = "X-Countersign-Refusal"

// Event is a refusal in the middleware.
type Event struct {
	Refusal *Refusal
	// Observed is true if the request went on to the application all the same.
	Observed bool
	// Request is the request as received. Its body may have been read.
	Request *http.Request
}

type contextKey int

const (
	verifiedKey contextKey = iota
	refusalKey
)

// FromContext is what is known of the request whose context this is; false if it was
// not verified.
func FromContext(ctx context.Context) (Verified, bool) {
	verified, ok := ctx.Value(verifiedKey).(Verified)
	return verified, ok
}

// RefusalFromContext is, in observe mode, why the request would have been refused;
// nil if it would not.
func RefusalFromContext(ctx context.Context) *Refusal {
	refusal, _ := ctx.Value(refusalKey).(*Refusal)
	return refusal
}

// Middleware lets verified requests through to next and answers all others with 401.
//
// It reads the target from [http.Request.RequestURI], so it may stand behind handlers
// that change the URL, but not behind one that changes RequestURI or the body. The
// body of a request that carries a signature is read up to the limit and given to
// next.
func (v *Verifier) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := newMessage(&Request{Method: r.Method, Target: r.RequestURI, Headers: headersOf(r)})
		body := &bufferedBody{received: r.Body}
		if v.tellsAny(m) {
			body.read(r.ContentLength, v.config.BodyBytesMax)
		}
		if body.failed != nil && !v.config.Observe {
			// The connection is broken, or the coding of the body: there is nothing
			// to verify, and none of the refusals fits.
			http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
			return
		}
		m.body, m.bodyTooLarge = body.bytes, body.tooLarge
		verified, refusal := v.verify(r.Context(), m)
		if refusal != nil {
			v.config.OnRefusal(Event{refusal, v.config.Observe, r})
			if !v.config.Observe {
				answer(w, refusal.Name)
				return
			}
		}
		next.ServeHTTP(w, passedOn(r, body, verified, refusal))
	})
}

// headersOf are the headers of a request, Host among them, which package http keeps
// elsewhere. Package http keeps the order of the values of a name only; names come in
// a fixed order.
func headersOf(r *http.Request) []Header {
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	headers := make([]Header, 0, len(names)+1)
	if r.Host != "" {
		headers = append(headers, Header{"Host", r.Host})
	}
	for _, name := range names {
		for _, value := range r.Header[name] {
			headers = append(headers, Header{name, value})
		}
	}
	return headers
}

// passedOn is the request that the application sees.
func passedOn(r *http.Request, body *bufferedBody, verified Verified, refusal *Refusal) *http.Request {
	ctx := r.Context()
	if refusal == nil {
		ctx = context.WithValue(ctx, verifiedKey, verified)
	} else {
		ctx = context.WithValue(ctx, refusalKey, refusal)
	}
	passed := r.WithContext(ctx)
	passed.Header = r.Header.Clone()
	if passed.Header == nil {
		passed.Header = make(http.Header)
	}
	// Nobody but this verifier may say it.
	passed.Header.Del(RefusalHeader)
	if refusal != nil {
		passed.Header.Set(RefusalHeader, string(refusal.Name))
	}
	if r.Body != nil {
		passed.Body = body
	}
	return passed
}

func answer(w http.ResponseWriter, name RefusalName) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set(RefusalHeader, string(name))
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, `{"error":"`+string(name)+`"}`)
}

// bufferedBody is a body of which the beginning was read already.
type bufferedBody struct {
	received io.ReadCloser
	bytes    []byte
	given    int
	tooLarge bool
	failed   error
}

// read takes the body up to the limit. Of one that is longer by its own account
// nothing is taken; the length is -1 if it is not told.
func (b *bufferedBody) read(length, limit int64) {
	if b.received == nil {
		return
	}
	if length > limit {
		b.tooLarge = true
		return
	}
	var buffer bytes.Buffer
	// A length that is only told is no reason to take much memory.
	if 0 < length && length <= 64<<10 {
		buffer.Grow(int(length) + bytes.MinRead)
	}
	_, b.failed = buffer.ReadFrom(io.LimitReader(b.received, limit+1))
	b.bytes = buffer.Bytes()
	b.tooLarge = int64(len(b.bytes)) > limit
	var tooLarge *http.MaxBytesError
	if errors.As(b.failed, &tooLarge) {
		// A handler before this one has a limit of its own.
		b.tooLarge = true
		b.failed = nil
	}
}

// Read gives what was read, then the rest.
func (b *bufferedBody) Read(into []byte) (int, error) {
	if b.given < len(b.bytes) {
		n := copy(into, b.bytes[b.given:])
		b.given += n
		return n, nil
	}
	if b.failed != nil {
		return 0, b.failed
	}
	return b.received.Read(into)
}

// Close closes the body as received.
func (b *bufferedBody) Close() error {
	return b.received.Close()
}
