package countersign

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestRequestBeforeTheFeed(t *testing.T) {
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	_, verifier := testFeed(t, server, newTestClock())
	// Not even the first answer is there.
	expectOutcome(t, verifier, "a", "1", "ok")
	if _, atOnce := server.counts(); atOnce != 1 {
		t.Errorf("asked %d times", atOnce)
	}
}

func TestNothingToAskFor(t *testing.T) {
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	feed, verifier := testFeed(t, server, nil)
	ask(t, feed)
	for _, headers := range [][]Header{
		nil, {{"Authorization", "Bearer x"}}, {{"Authorization", "Basic ?"}}, {{"Authorization", "Basic YTox"}},
	} {
		verifier.Verify(Request{Method: "GET", Target: "/", Headers: headers})
	}
	if asked, _ := server.counts(); asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// A request that nothing helps asks once.
func TestOneQuestionOfARequest(t *testing.T) {
	server := startFeedServer(t, sharedKey("a", "1", "active"), retiredKey("c"))
	feed, verifier := testFeed(t, server, nil)
	ask(t, feed)
	for n, want := range []string{"unknown_sign_key", "retired_sign_key", "signature_differs"} {
		expectOutcome(t, verifier, []string{"b", "c", "a"}[n], "2", want)
		if asked, _ := server.counts(); asked != n+2 {
			t.Errorf("%s: asked %d times", want, asked)
		}
	}
}

// Many requests cause one question, and wait for its answer.
func TestOneQuestionAtATime(t *testing.T) {
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	feed, verifier := testFeed(t, server, newTestClock())
	ask(t, feed)
	_, before := server.counts()
	hold := make(chan struct{})
	server.change(func() { server.hold = hold })
	server.put(sharedKey("b", "1", "active"))
	var requests sync.WaitGroup
	for n := 0; n < 50; n++ {
		requests.Add(1)
		go func() {
			defer requests.Done()
			if got := outcome(verifier, "b", "1"); got != "ok" {
				t.Error(got)
			}
		}()
	}
	for {
		if _, atOnce := server.counts(); atOnce > before {
			break
		}
	}
	close(hold)
	requests.Wait()
	if _, atOnce := server.counts(); atOnce != before+1 {
		t.Errorf("asked %d times", atOnce-before)
	}
}

// A question that was asked before the change does not speak for a request after it.
func TestQuestionFromBeforeTheChange(t *testing.T) {
	clock := newTestClock()
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	feed, verifier := testFeed(t, server, clock)
	ask(t, feed)
	feed.mu.Lock()
	flight := make(chan struct{})
	feed.flight, feed.hasFlown, feed.lastFlight = flight, true, clock.Now()
	feed.mu.Unlock()
	server.put(sharedKey("b", "1", "active"))
	result := make(chan string)
	go func() { result <- outcome(verifier, "b", "1") }()
	clock.move(30 * time.Millisecond)
	feed.mu.Lock()
	feed.flight = nil
	feed.mu.Unlock()
	close(flight)
	// No more than ten questions a second.
	if pause := <-clock.sleeps; pause != 70*time.Millisecond {
		t.Errorf("a pause of %v", pause)
	}
	clock.wake <- struct{}{}
	if got := <-result; got != "ok" {
		t.Error(got)
	}
}

func TestFeedThatDoesNotAnswer(t *testing.T) {
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	feed, verifier := testFeed(t, server, nil)
	ask(t, feed)
	hold := make(chan struct{})
	defer close(hold)
	server.change(func() { server.hold = hold })
	verifier.keysWait = 20 * time.Millisecond
	expectOutcome(t, verifier, "b", "1", "unknown_sign_key")
	expectOutcome(t, verifier, "a", "1", "ok")

	// Who goes away does not wait.
	verifier.keysWait = time.Hour
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, refusal := verifier.VerifyContext(ctx, Request{Headers: []Header{{"Authorization", "Basic YTo="}}})
	if refusal.Name != SignatureDiffers {
		t.Error(refusal)
	}
}

func TestErrorsOfQuestionsOfRequests(t *testing.T) {
	server := startFeedServer(t, sharedKey("a", "1", "active"))
	feed, verifier := testFeed(t, server, nil)
	told := make(chan error, 1)
	feed.onError = func(err error) { told <- err }
	ask(t, feed)
	server.change(func() { server.status = http.StatusInternalServerError })
	expectOutcome(t, verifier, "b", "1", "unknown_sign_key")
	if err := <-told; err == nil {
		t.Error("no error")
	}
	feed.stop()
	close(feed.done)
	feed.Close()
	expectOutcome(t, verifier, "b", "1", "unknown_sign_key")
	expectOutcome(t, verifier, "a", "1", "ok")
}
