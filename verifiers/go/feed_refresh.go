package countersign

import (
	"context"
	"time"
)

// refresh gives newer keys than some, or the same if there are none when the answer
// is there or the context is done. It asks the feed once for all requests that want to know, and no more than 10 times a second.
//
// A question that was under way before the request came may have been answered from
// before the change, so its answer counts only if it brings other keys; after it the
// request waits for one more.
func (f *Feed) refresh(ctx context.Context, than *KeySet) *KeySet {
	for questions := 0; questions < 2; questions++ {
		f.mu.Lock()
		if f.keys != than || f.stopped {
			defer f.mu.Unlock()
			return f.keys
		}
		changed, flight := f.changed, f.flight
		if flight == nil {
			flight = f.startFlight()
			questions = 2
		}
		f.mu.Unlock()
		select {
		case <-changed:
		case <-flight:
		case <-ctx.Done():
			return f.Keys()
		}
	}
	return f.Keys()
}

// startFlight asks, when it is time to, on a goroutine of its own: the request that
// caused it may go away while others wait. The lock is held.
func (f *Feed) startFlight() chan struct{} {
	flight := make(chan struct{})
	pause := time.Duration(0)
	now := f.now()
	if f.hasFlown {
		pause = feedInterval - now.Sub(f.lastFlight)
	}
	if pause < 0 {
		pause = 0
	}
	f.flight, f.hasFlown, f.lastFlight = flight, true, now.Add(pause)
	f.flights.Add(1)
	go func() {
		defer f.flights.Done()
		var err error
		if pause == 0 || f.sleep(f.stopContext, pause) {
			err = f.question(f.stopContext, 0)
		}
		f.mu.Lock()
		f.flight = nil
		f.mu.Unlock()
		close(flight)
		if err != nil && f.stopContext.Err() == nil {
			f.onError(err)
		}
	}()
	return flight
}
