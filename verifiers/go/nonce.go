package countersign

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"sync"
	"time"
)

// NoncesMax is how many nonces a verifier remembers unless told otherwise: about
// 150 MB when full.
const NoncesMax = 1_000_000

// Why [NonceMemory.Record] refuses a nonce.
var (
	// ErrReplayed: the key has used the nonce within the window.
	ErrReplayed = errors.New("the nonce was used already")
	// ErrNoncesFull: no room. The request has to be refused, for to accept it would
	// allow a replay.
	ErrNoncesFull = errors.New("the memory of nonces is full")
)

// NonceMemory remembers which pairs of key id and nonce were used.
//
// Each is kept for the window after the request that recorded it, as a SHA-256
// digest, so that memory is bounded however long a nonce is. It is one process's: of
// several processes behind one address each accepts a nonce once.
type NonceMemory struct {
	window   int64
	capacity int

	mu          sync.Mutex
	recorded    map[nonceDigest]int64
	oldestFirst []recordedNonce
	// first is where the oldest one stands; what is before it is free.
	first int
}

type nonceDigest [sha256.Size]byte

type recordedNonce struct {
	pair nonceDigest
	at   int64
}

// NewNonceMemory is an empty memory. The window has to be twice that of the
// verifier, for a request may be dated that far ahead.
func NewNonceMemory(window time.Duration, capacity int) *NonceMemory {
	return &NonceMemory{
		window:   int64(window / time.Second),
		capacity: capacity,
		recorded: make(map[nonceDigest]int64),
	}
}

// Record remembers a pair, or says why not. Only for requests whose signature fits,
// or strangers could fill the memory. `now` is in seconds since 1970.
func (m *NonceMemory) Record(keyID, nonce string, now int64) error {
	pair := digestNonce(keyID, nonce)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forgetExpired(now)
	if at, there := m.recorded[pair]; there && !m.expired(at, now) {
		return ErrReplayed
	}
	if m.held() >= m.capacity {
		return ErrNoncesFull
	}
	m.recorded[pair] = now
	m.oldestFirst = append(m.oldestFirst, recordedNonce{pair, now})
	return nil
}

// Len is how many pairs are held, expired ones not yet dropped included.
func (m *NonceMemory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.held()
}

func (m *NonceMemory) held() int {
	return len(m.oldestFirst) - m.first
}

// forgetExpired drops from the old end. Behind a clock that was set back a younger
// entry may hide an older one; that one is then kept longer, never shorter.
func (m *NonceMemory) forgetExpired(now int64) {
	for m.first < len(m.oldestFirst) {
		oldest := m.oldestFirst[m.first]
		if !m.expired(oldest.at, now) {
			break
		}
		m.first++
		if at, there := m.recorded[oldest.pair]; there && at == oldest.at {
			delete(m.recorded, oldest.pair)
		}
	}
	if m.first > 1024 && m.first > len(m.oldestFirst)/2 {
		m.oldestFirst = append([]recordedNonce(nil), m.oldestFirst[m.first:]...)
		m.first = 0
	}
}

func (m *NonceMemory) expired(at, now int64) bool {
	// As unsigned numbers the difference does not overflow.
	return now > at && uint64(now)-uint64(at) > uint64(m.window)
}

func digestNonce(keyID, nonce string) nonceDigest {
	// The length keeps ("ab", "c") and ("a", "bc") apart.
	buffer := make([]byte, 8, 8+len(keyID)+len(nonce))
	binary.BigEndian.PutUint64(buffer, uint64(len(keyID)))
	buffer = append(append(buffer, keyID...), nonce...)
	return sha256.Sum256(buffer)
}
