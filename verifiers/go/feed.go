package countersign

import (
	"context"
	"errors"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// What a feed client waits for and how long (verifiers/README.md, "The key feed").
const (
	feedWait       = 25 * time.Second
	feedBackOffMin = 100 * time.Millisecond
	feedBackOffMax = 5 * time.Second
	// feedInterval is the least time between two questions of a kind.
	feedInterval = 100 * time.Millisecond
	// feedAnswerWait is how long a request that needs newer keys waits for them.
	feedAnswerWait = 2 * time.Second
)

// FeedConfig is where and how to ask for keys.
type FeedConfig struct {
	// Address is the gateway's management address, as in "https://gateway:8443".
	Address string
	// Token is the verifier's own.
	Token Secret
	// HTTPClient is for proxies and certificates of one's own. It must not have a
	// timeout below 35 seconds. Redirections are never followed.
	HTTPClient *http.Client
	// OnError is told why the feed did not answer, and of each entry that was passed
	// over (a [*SkippedKeyError]), on the client's goroutine; it never holds the token
	// or a key. If nil, package log is told.
	OnError func(error)
}

// Feed are keys that follow the gateway's key feed. What is asked, waits and fails
// happens on a goroutine of its own; the last good keys serve all the same.
type Feed struct {
	ask     *feedQuestion
	onError func(error)
	now     func() time.Time
	// sleep is false if the context was done first.
	sleep func(context.Context, time.Duration) bool

	stop context.CancelFunc
	done chan struct{}
	// flights are the questions that requests have caused.
	flights sync.WaitGroup

	mu   sync.Mutex
	keys *KeySet
	// changed is closed when other keys come.
	changed  chan struct{}
	etag     string
	revision int64
	answered chan struct{}
	hasKeys  bool
	lastGood time.Time
	// applied counts the answers that were taken.
	applied int
	// skipped counts the entries of these answers that were passed over.
	skipped uint64
	// flight is closed when the question under way has its answer.
	flight      chan struct{}
	lastFlight  time.Time
	hasFlown    bool
	stopped     bool
	stopContext context.Context
}

// StartFeed begins to ask. Until the first answer there are no keys: wait for it
// with [Feed.Ready].
func StartFeed(config FeedConfig) (*Feed, error) {
	feed, err := newFeed(config)
	if err != nil {
		return nil, err
	}
	go feed.run()
	return feed, nil
}

func newFeed(config FeedConfig) (*Feed, error) {
	address, err := url.Parse(strings.TrimRight(config.Address, "/"))
	if err != nil || address.Host == "" || address.RawQuery != "" || address.Fragment != "" ||
		address.Scheme != "http" && address.Scheme != "https" {
		return nil, errors.New("countersign: the address of the feed is no http or https URL")
	}
	if config.Token == "" || strings.ContainsAny(string(config.Token), "\r\n") {
		return nil, errors.New("countersign: no token for the feed")
	}
	ctx, stop := context.WithCancel(context.Background())
	feed := &Feed{
		ask:         newFeedQuestion(address, config),
		onError:     config.OnError,
		now:         time.Now,
		sleep:       sleep,
		stop:        stop,
		stopContext: ctx,
		done:        make(chan struct{}),
		keys:        indexKeys(nil),
		changed:     make(chan struct{}),
		answered:    make(chan struct{}),
		lastGood:    time.Now(),
	}
	if feed.onError == nil {
		feed.onError = func(err error) { log.Print("countersign: ", err) }
	}
	return feed, nil
}

func sleep(ctx context.Context, duration time.Duration) bool {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Keys are those of the last good answer, and those in their time of grace.
func (f *Feed) Keys() *KeySet {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.keys
}

// Ready waits for the first keys.
func (f *Feed) Ready(ctx context.Context) error {
	select {
	case <-f.answered:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Age is the time since the feed last answered, or since the start if it never did.
func (f *Feed) Age() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now().Sub(f.lastGood)
}

// Skipped is how many entries of the feed were passed over so far, in all its answers.
func (f *Feed) Skipped() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.skipped
}

// Close stops to ask. The keys stay.
func (f *Feed) Close() {
	f.stop()
	f.mu.Lock()
	f.stopped = true
	f.mu.Unlock()
	<-f.done
	f.flights.Wait()
}

// run asks again and again: at once after an answer, later after an error.
func (f *Feed) run() {
	defer close(f.done)
	backOff := feedBackOffMin
	for f.stopContext.Err() == nil {
		started := f.now()
		pause := time.Duration(0)
		if err := f.question(f.stopContext, feedWait); err != nil {
			if f.stopContext.Err() != nil {
				return
			}
			f.onError(err)
			pause, backOff = backOff, 2*backOff
			if backOff > feedBackOffMax {
				backOff = feedBackOffMax
			}
		} else {
			backOff = feedBackOffMin
			// Against a server that does not wait.
			pause = feedInterval - f.now().Sub(started)
		}
		if pause > 0 && !f.sleep(f.stopContext, pause) {
			return
		}
	}
}

// question asks once and takes the answer.
func (f *Feed) question(ctx context.Context, wait time.Duration) error {
	f.mu.Lock()
	etag, applied := f.etag, f.applied
	f.mu.Unlock()
	answer, err := f.ask.send(ctx, etag, wait)
	if err != nil {
		return err
	}
	if f.take(answer, applied) {
		for _, skipped := range answer.skipped {
			f.onError(skipped)
		}
	}
	return nil
}

// take puts the answer of a question in place that was asked when so many answers
// had been taken; false if it has no news.
func (f *Feed) take(answer *feedAnswer, applied int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastGood = f.now()
	if answer.unchanged || f.hasKeys && answer.etag != "" && answer.etag == f.etag {
		return false
	}
	// Two questions may be under way, and the older answer may come last.
	if f.hasKeys && applied != f.applied && answer.revision < f.revision {
		return false
	}
	f.keys = f.keys.following(answer.keys, f.now(), answer.grace)
	f.etag, f.revision = answer.etag, answer.revision
	f.applied++
	f.skipped += uint64(len(answer.skipped))
	close(f.changed)
	f.changed = make(chan struct{})
	if !f.hasKeys {
		f.hasKeys = true
		close(f.answered)
	}
	return true
}
