package countersign

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func expectRecord(t *testing.T, memory *NonceMemory, key, nonce string, now int64, want error) {
	t.Helper()
	if got := memory.Record(key, nonce, now); !errors.Is(got, want) {
		t.Errorf("%s %s at %d: %v, want %v", key, nonce, now, got, want)
	}
}

func TestNonceCountsForItsKeyOnly(t *testing.T) {
	memory := NewNonceMemory(10*time.Second, 10)
	expectRecord(t, memory, "k", "n", 0, nil)
	expectRecord(t, memory, "k", "n", 0, ErrReplayed)
	expectRecord(t, memory, "j", "n", 0, nil)
	expectRecord(t, memory, "kn", "", 0, nil)
	expectRecord(t, memory, "", "kn", 0, nil)
}

func TestNonceWindowAndFullMemory(t *testing.T) {
	memory := NewNonceMemory(10*time.Second, 2)
	expectRecord(t, memory, "k", "1", 0, nil)
	expectRecord(t, memory, "k", "2", 5, nil)
	expectRecord(t, memory, "k", "3", 10, ErrNoncesFull)
	expectRecord(t, memory, "k", "1", 10, ErrReplayed)
	expectRecord(t, memory, "k", "2", 10, ErrReplayed)
	expectRecord(t, memory, "k", "3", 11, nil)
	expectRecord(t, memory, "k", "4", 11, ErrNoncesFull)
	if memory.Len() != 2 {
		t.Errorf("%d are held", memory.Len())
	}
	expectRecord(t, NewNonceMemory(time.Second, 0), "k", "n", 0, ErrNoncesFull)
}

func TestClockSetBackForgetsNoNonce(t *testing.T) {
	memory := NewNonceMemory(10*time.Second, 10)
	expectRecord(t, memory, "k", "late", 100, nil)
	expectRecord(t, memory, "k", "late", 20, ErrReplayed)
	expectRecord(t, memory, "k", "early", 20, nil)
	expectRecord(t, memory, "k", "early", 31, nil)
	expectRecord(t, memory, "k", "early", 41, ErrReplayed)
	expectRecord(t, memory, "k", "late", 110, ErrReplayed)
	expectRecord(t, memory, "k", "late", 111, nil)
	if memory.Len() != 1 {
		t.Errorf("%d are held", memory.Len())
	}
	memory = NewNonceMemory(time.Duration(math.MaxInt64), 10)
	expectRecord(t, memory, "k", "n", math.MinInt64, nil)
	expectRecord(t, memory, "k", "n", 0, nil)
}

func TestNonceMemoryGivesRoomBack(t *testing.T) {
	memory := NewNonceMemory(10*time.Second, 5000)
	for now := int64(0); now < 100_000; now++ {
		for n := 0; n < 3; n++ {
			expectRecord(t, memory, "k", fmt.Sprint(now, n), now, nil)
		}
	}
	if memory.Len() > 33 || len(memory.recorded) > 33 || cap(memory.oldestFirst) > 10_000 {
		t.Errorf("%d, %d, %d", memory.Len(), len(memory.recorded), cap(memory.oldestFirst))
	}
}

// Of many equal requests at once one is accepted.
func TestNonceAtOnce(t *testing.T) {
	for _, c := range readVectors(t) {
		if c.Name != "rfc9421/ed25519" {
			continue
		}
		verifier := c.verifier(t)
		var accepted atomic.Int64
		var requests sync.WaitGroup
		for n := 0; n < 50; n++ {
			requests.Add(1)
			go func(request Request) {
				defer requests.Done()
				if _, refusal := verifier.Verify(request); refusal == nil {
					accepted.Add(1)
				}
			}(c.request())
		}
		requests.Wait()
		if accepted.Load() != 1 {
			t.Errorf("%d were accepted", accepted.Load())
		}
	}
}
