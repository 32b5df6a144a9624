package countersign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// feedServer is a gateway's key feed. What it holds changes by put.
type feedServer struct {
	*httptest.Server
	// waiting gets the ETag of each question that waits, if it is set.
	waiting chan string

	mu       sync.Mutex
	changed  chan struct{}
	token    string
	revision int
	grace    int
	keys     []map[string]any
	status   int
	text     string
	hold     chan struct{}
	asked    int
	atOnce   int
}

func startFeedServer(t *testing.T, keys ...map[string]any) *feedServer {
	t.Helper()
	f := &feedServer{changed: make(chan struct{}), token: "token-1", revision: 1, grace: 60, keys: keys}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Server.Close)
	return f
}

func sharedKey(signKey, secret, state string) map[string]any {
	return map[string]any{"scheme": "basic", "sign_key": signKey, "secret": secret, "name": "orders",
		"version": 1, "state": state}
}

func retiredKey(signKey string) map[string]any {
	return map[string]any{"scheme": "basic", "sign_key": signKey, "name": "orders", "version": 1,
		"state": "retired"}
}

// put makes a new revision. What answers from now on has it.
func (f *feedServer) put(keys ...map[string]any) {
	f.change(func() {
		f.revision++
		f.keys = append([]map[string]any{}, keys...)
	})
}

func (f *feedServer) change(how func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how()
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *feedServer) counts() (asked, atOnce int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked, f.atOnce
}

func (f *feedServer) etag() string {
	return fmt.Sprintf(`"%d-x"`, f.revision)
}

func (f *feedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.asked++
	if r.FormValue("wait") == "0" {
		f.atOnce++
		if hold := f.hold; hold != nil {
			f.mu.Unlock()
			<-hold
			f.mu.Lock()
		}
	}
	defer f.mu.Unlock()
	if r.URL.Path != "/api/v1/verifier/keys" || r.Method != http.MethodGet {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	authorized := func() bool { return r.Header.Get("Authorization") == "Bearer "+f.token }
	if authorized() && r.FormValue("wait") == "25" && r.Header.Get("If-None-Match") == f.etag() && f.status == 0 {
		changed := f.changed
		f.mu.Unlock()
		if f.waiting != nil {
			select {
			case f.waiting <- r.Header.Get("If-None-Match"):
			default:
			}
		}
		select {
		case <-changed:
		case <-r.Context().Done():
		}
		f.mu.Lock()
	}
	switch {
	case !authorized():
		w.WriteHeader(http.StatusUnauthorized)
	case f.status != 0:
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(f.status)
		_, _ = w.Write([]byte(f.text))
	case r.Header.Get("If-None-Match") == f.etag():
		w.WriteHeader(http.StatusNotModified)
	default:
		w.Header().Set("ETag", f.etag())
		_ = json.NewEncoder(w).Encode(map[string]any{
			"revision": f.revision, "grace_seconds": f.grace, "keys": f.keys,
		})
	}
}

// testClock only moves when told to. Sleepers send how long and wait to be woken.
type testClock struct {
	mu     sync.Mutex
	now    time.Time
	sleeps chan time.Duration
	wake   chan struct{}
}

func newTestClock() *testClock {
	return &testClock{now: time.Unix(1767323045, 0), sleeps: make(chan time.Duration), wake: make(chan struct{})}
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

func (c *testClock) sleep(ctx context.Context, duration time.Duration) bool {
	select {
	case c.sleeps <- duration:
	case <-ctx.Done():
		return false
	}
	select {
	case <-c.wake:
		return true
	case <-ctx.Done():
		return false
	}
}

// testFeed is a feed with a clock that stands, not begun to ask yet, and a verifier on it.
func testFeed(t *testing.T, server *feedServer, clock *testClock) (*Feed, *Verifier) {
	t.Helper()
	feed, err := newFeed(FeedConfig{Address: server.URL + "/", Token: "token-1", OnError: func(error) {}})
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := New(Config{Keys: feed})
	if err != nil {
		t.Fatal(err)
	}
	if clock != nil {
		feed.now, feed.sleep, feed.lastGood = clock.Now, clock.sleep, clock.Now()
		verifier.config.Now = clock.Now
	}
	t.Cleanup(feed.stop)
	return feed, verifier
}

func ask(t *testing.T, feed *Feed) {
	t.Helper()
	if err := feed.question(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
}

// outcome is what a request with these credentials gets.
func outcome(verifier *Verifier, user, password string) string {
	request, _ := http.NewRequest(http.MethodGet, "http://b/", nil)
	request.SetBasicAuth(user, password)
	_, refusal := verifier.Verify(Request{Method: "GET", Target: "/", Headers: headersOf(request)})
	if refusal == nil {
		return "ok"
	}
	return string(refusal.Name)
}

func expectOutcome(t *testing.T, verifier *Verifier, user, password, want string) {
	t.Helper()
	if got := outcome(verifier, user, password); got != want {
		t.Errorf("%s:%s: %s, want %s", user, password, got, want)
	}
}

func TestGraceEnds(t *testing.T) {
	clock := newTestClock()
	server := startFeedServer(t, sharedKey("a", "1", "active"), sharedKey("n", "1", "next"))
	feed, verifier := testFeed(t, server, clock)
	ask(t, feed)
	expectOutcome(t, verifier, "a", "1", "ok")
	expectOutcome(t, verifier, "n", "1", "ok")

	server.put(sharedKey("b", "1", "active"), retiredKey("c"))
	ask(t, feed)
	// From here on the answer to a request's own question is that nothing changed.
	go func() {
		for range clock.sleeps {
			clock.wake <- struct{}{}
		}
	}()
	expectOutcome(t, verifier, "b", "1", "ok")
	expectOutcome(t, verifier, "c", "1", "retired_sign_key")
	expectOutcome(t, verifier, "a", "1", "ok")
	expectOutcome(t, verifier, "a", "2", "signature_differs")
	expectOutcome(t, verifier, "n", "1", "unknown_sign_key")
	clock.move(30 * time.Second)

	// A change in the time of grace does not make it longer.
	server.put(sharedKey("b", "1", "active"), retiredKey("a"))
	ask(t, feed)
	clock.move(30 * time.Second)
	expectOutcome(t, verifier, "a", "1", "ok")
	clock.move(time.Nanosecond)
	expectOutcome(t, verifier, "a", "1", "retired_sign_key")

	// One that comes back counts again, and has a time of grace of its own.
	server.put(sharedKey("a", "1", "active"))
	ask(t, feed)
	expectOutcome(t, verifier, "a", "1", "ok")
	server.put(sharedKey("a", "2", "active"))
	ask(t, feed)
	expectOutcome(t, verifier, "a", "1", "ok")
	expectOutcome(t, verifier, "a", "2", "ok")
	clock.move(61 * time.Second)
	expectOutcome(t, verifier, "a", "1", "signature_differs")
	expectOutcome(t, verifier, "a", "2", "ok")

	// With the last key of a scheme its requests carry no signature that is known.
	server.put()
	ask(t, feed)
	expectOutcome(t, verifier, "a", "2", "ok")
	clock.move(61 * time.Second)
	expectOutcome(t, verifier, "a", "2", "no_signature")
}

func TestGraceOfNothing(t *testing.T) {
	clock := newTestClock()
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	server.grace = 0
	feed, verifier := testFeed(t, server, clock)
	ask(t, feed)
	server.put(sharedKey("b", "1", "active"))
	ask(t, feed)
	expectOutcome(t, verifier, "a", "1", "ok")
	clock.move(time.Nanosecond)
	if got := outcome(verifier, "a", "1"); got != "unknown_sign_key" {
		t.Error(got)
	}
}

func TestErrorsKeepTheKeysAndBackOff(t *testing.T) {
	clock := newTestClock()
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	feed, verifier := testFeed(t, server, clock)
	told := make(chan error, 100)
	feed.onError = func(err error) { told <- err }
	ask(t, feed)
	server.change(func() { server.status = http.StatusServiceUnavailable })
	go feed.run()
	defer feed.Close()
	wants := []time.Duration{100, 200, 400, 800, 1600, 3200, 5000, 5000}
	for i, want := range wants {
		if got := <-clock.sleeps; got != want*time.Millisecond {
			t.Errorf("slept %v, want %v ms", got, want)
		}
		if err := <-told; err == nil || !strings.Contains(err.Error(), "503") {
			t.Error(err)
		}
		clock.move(10 * time.Second)
		if age := feed.Age(); age != time.Duration(i+1)*10*time.Second {
			t.Errorf("age %v", age)
		}
		expectOutcome(t, verifier, "a", "1", "ok")
		if i == len(wants)-1 {
			// A revoked token.
			server.change(func() { server.status, server.token = 0, "token-2" })
		}
		clock.wake <- struct{}{}
	}
	if got := <-clock.sleeps; got != 5*time.Second {
		t.Errorf("slept %v", got)
	}
	if err := <-told; !errors.Is(err, ErrFeedUnauthorized) || strings.Contains(err.Error(), "token-1") {
		t.Error(err)
	}
	expectOutcome(t, verifier, "a", "1", "ok")
	server.change(func() { server.token = "token-1" })
	server.put(sharedKey("b", "1", "active"))
	clock.wake <- struct{}{}
	// An answer: asked again at once but for the pause against servers that do not
	// wait, and the back-off begins anew.
	if got := <-clock.sleeps; got != feedInterval {
		t.Errorf("slept %v", got)
	}
	if age := feed.Age(); age != 0 {
		t.Errorf("age %v", age)
	}
	expectOutcome(t, verifier, "b", "1", "ok")
	server.change(func() { server.status = http.StatusFound })
	clock.wake <- struct{}{}
	if got := <-clock.sleeps; got != feedBackOffMin {
		t.Errorf("slept %v", got)
	}
	if err := <-told; !strings.Contains(err.Error(), "302") {
		t.Error(err)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	feed, verifier := testFeed(t, server, nil)
	ask(t, feed)
	for _, text := range []string{
		"", "[]", "{}", `{"keys":null}`, `{"keys":{}}`, `{"keys":[],"grace_seconds":-1}`,
		`{"keys":[],"grace_seconds":1e300}`, `{"keys":[]`, `{"keys":["` + strings.Repeat("x", feedBytesMax) + `"]}`,
	} {
		server.change(func() { server.status, server.text = http.StatusOK, text })
		if err := feed.question(context.Background(), 0); err == nil || len(err.Error()) > 300 {
			t.Errorf("%.80q: %v", text, err)
		}
		expectOutcome(t, verifier, "a", "1", "ok")
	}
}

// An answer that was on its way while a newer one was taken does not undo it; a lower
// revision afterwards is what the gateway has now.
func TestOldAnswerThatComesLast(t *testing.T) {
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	feed, verifier := testFeed(t, server, nil)
	ask(t, feed)
	old := &feedAnswer{etag: `"2-x"`, revision: 2, keys: feed.Keys().all[:1][0].asList()}
	server.put()
	server.put(sharedKey("b", "1", "active"))
	before := feed.applied
	ask(t, feed)
	feed.take(old, before)
	if feed.revision != 3 {
		t.Errorf("revision %d", feed.revision)
	}
	expectOutcome(t, verifier, "b", "1", "ok")
	feed.take(old, feed.applied)
	if feed.revision != 2 {
		t.Errorf("revision %d", feed.revision)
	}
}

func (k heldKey) asList() []*checkedKey {
	return []*checkedKey{k.checkedKey}
}

func TestBadFeedConfigs(t *testing.T) {
	for _, config := range []FeedConfig{
		{Address: "", Token: "t"}, {Address: "gateway:8443", Token: "t"}, {Address: "http://", Token: "t"},
		{Address: "ftp://h", Token: "t"}, {Address: "http://h?x", Token: "t"}, {Address: "http://h"},
		{Address: "http://h", Token: "t\r\nx: y"}, {Address: "http://%zz", Token: "t"},
	} {
		if feed, err := StartFeed(config); err == nil {
			feed.Close()
			t.Errorf("%+v", config)
		}
	}
}

// Not one request is refused while keys and secrets change under it, with the long
// poll, questions of requests and the time of grace all at work.
func TestNoneRefusedWhileKeysChange(t *testing.T) {
	server := startFeedServer(t, sharedKey("k0", "s0", "active"))
	feed, err := StartFeed(FeedConfig{Address: server.URL, Token: "token-1"})
	if err != nil {
		t.Fatal(err)
	}
	defer feed.Close()
	verifier, err := New(Config{Keys: feed})
	if err != nil {
		t.Fatal(err)
	}
	if err := feed.Ready(context.Background()); err != nil {
		t.Fatal(err)
	}
	var current atomic.Value
	current.Store([2]string{"k0", "s0"})
	var stop atomic.Bool
	var sent atomic.Int64
	var workers sync.WaitGroup
	for n := 0; n < 8; n++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for !stop.Load() {
				key := current.Load().([2]string)
				if got := outcome(verifier, key[0], key[1]); got != "ok" {
					t.Errorf("%v: %s", key, got)
					return
				}
				sent.Add(1)
			}
		}()
	}
	for n := 1; n <= 30; n++ {
		key := [2]string{fmt.Sprint("k", n/2), fmt.Sprint("s", n)}
		if n%3 == 0 {
			// Announced first, as the gateway does when it can.
			old := current.Load().([2]string)
			server.put(sharedKey(old[0], old[1], "active"), sharedKey(key[0], key[1], "next"))
		}
		// What is retired here comes back later.
		server.put(sharedKey(key[0], key[1], "active"), retiredKey(fmt.Sprint("k", n)))
		current.Store(key)
		// Some requests with this key before the next change.
		for before := sent.Load(); sent.Load() < before+50 && !t.Failed(); {
			if got := outcome(verifier, key[0], key[1]); got != "ok" {
				t.Errorf("%v: %s", key, got)
			}
		}
	}
	stop.Store(true)
	workers.Wait()
	if refused := verifier.Stats().Refused; refused[UnknownSignKey]+refused[SignatureDiffers] != 0 {
		t.Errorf("%v", refused)
	}
	t.Log(sent.Load(), "requests")
}

func TestLongPollBringsKeys(t *testing.T) {
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	server.waiting = make(chan string, 1)
	feed, err := StartFeed(FeedConfig{Address: server.URL, Token: "token-1"})
	if err != nil {
		t.Fatal(err)
	}
	defer feed.Close()
	if etag := <-server.waiting; etag != `"1-x"` {
		t.Error(etag)
	}
	feed.mu.Lock()
	changed := feed.changed
	feed.mu.Unlock()
	server.put(sharedKey("b", "1", "active"))
	<-changed
	if _, atOnce := server.counts(); atOnce != 0 {
		t.Error("asked without waiting")
	}
	if keys := feed.Keys(); keys.Len() != 2 {
		t.Errorf("%d keys", keys.Len())
	}
}
