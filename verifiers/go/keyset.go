package countersign

import (
	"fmt"
	"time"
)

// KeySource gives the keys as they are now. [*KeySet], [*KeyFile] and [*Feed] are
// key sources.
type KeySource interface {
	Keys() *KeySet
}

// KeySet are the keys of one moment. It never changes and may be shared.
type KeySet struct {
	byID map[keyPlace][]heldKey
	// schemes has the moment until which there are keys of a scheme.
	schemes map[Scheme]time.Time
	all     []heldKey
}

type keyPlace struct {
	scheme Scheme
	id     string
}

// heldKey is a key that counts until a moment; the zero time is for ever.
type heldKey struct {
	*checkedKey
	until time.Time
}

func (k heldKey) counts(now time.Time) bool {
	return k.until.IsZero() || !now.After(k.until)
}

// NewKeySet checks keys. The error names the sign key of the first that is none.
func NewKeySet(keys ...Key) (*KeySet, error) {
	held := make([]heldKey, 0, len(keys))
	for _, key := range keys {
		checked, err := checkKey(key)
		if err != nil {
			return nil, fmt.Errorf("key %.64q: %w", key.SignKey, err)
		}
		held = append(held, heldKey{checkedKey: checked})
	}
	return indexKeys(held), nil
}

func indexKeys(held []heldKey) *KeySet {
	set := &KeySet{
		byID:    make(map[keyPlace][]heldKey, len(held)),
		schemes: make(map[Scheme]time.Time),
		all:     held,
	}
	for _, key := range held {
		place := keyPlace{key.Scheme, key.id}
		set.byID[place] = append(set.byID[place], key)
		until, there := set.schemes[key.Scheme]
		if !there || key.until.IsZero() || !until.IsZero() && key.until.After(until) {
			set.schemes[key.Scheme] = key.until
		}
	}
	return set
}

// Keys is the set itself: a list of keys is a source that never changes.
func (s *KeySet) Keys() *KeySet {
	return s
}

// Len is how many keys there are, retired ones and those in their time of grace included.
func (s *KeySet) Len() int {
	return len(s.all)
}

// has tells whether there are keys of one of the schemes.
func (s *KeySet) has(now time.Time, schemes ...Scheme) bool {
	for _, scheme := range schemes {
		if until, there := s.schemes[scheme]; there && (until.IsZero() || !now.After(until)) {
			return true
		}
	}
	return false
}

// usable are the keys to try for an id. A sign key is retired if all its keys are.
func (s *KeySet) usable(now time.Time, id string, schemes ...Scheme) ([]*checkedKey, *Refusal) {
	var found []*checkedKey
	name := UnknownSignKey
	for _, scheme := range schemes {
		for _, key := range s.byID[keyPlace{scheme, id}] {
			switch {
			case key.State == Retired:
				name = RetiredSignKey
			case key.counts(now):
				found = append(found, key.checkedKey)
			}
		}
	}
	if len(found) == 0 {
		return nil, &Refusal{Name: name}
	}
	return found, nil
}

// following is the set after a feed: of the keys before, those that were active
// and are no more are accepted until the time of grace is over.
func (s *KeySet) following(keys []*checkedKey, now time.Time, grace time.Duration) *KeySet {
	held := make([]heldKey, 0, len(keys)+1)
	for _, key := range keys {
		held = append(held, heldKey{checkedKey: key})
	}
	for _, old := range s.all {
		if stillAccepted(old.checkedKey, keys) {
			continue
		}
		switch {
		case !old.until.IsZero():
			if old.counts(now) {
				held = append(held, old)
			}
		case old.State == Active:
			held = append(held, heldKey{old.checkedKey, now.Add(grace)})
		}
	}
	return indexKeys(held)
}

func stillAccepted(old *checkedKey, keys []*checkedKey) bool {
	for _, key := range keys {
		if key.State != Retired && key.sameAs(old) {
			return true
		}
	}
	return false
}
