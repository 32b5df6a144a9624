package countersign

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// SkippedKeyError is told to [FeedConfig.OnError] for each entry of the feed that
// cannot be read: a newer gateway may have schemes and states that are not known here.
// The other entries are taken.
type SkippedKeyError struct {
	// Index is the entry's place in the feed, from 0.
	Index int
	// Why holds no value of the entry.
	Why string
}

// Error says which entry and why.
func (e *SkippedKeyError) Error() string {
	return fmt.Sprintf("entry %d of the key feed is passed over: %s", e.Index, e.Why)
}

// readFeedDocument gives an answer without its ETag.
func readFeedDocument(text []byte) (*feedAnswer, error) {
	var document struct {
		Revision     int64             `json:"revision"`
		GraceSeconds int64             `json:"grace_seconds"`
		Keys         []json.RawMessage `json:"keys"`
	}
	err := json.Unmarshal(text, &document)
	if err == nil && document.Keys == nil {
		err = errNoKeyList
	}
	if err != nil {
		return nil, fmt.Errorf("the key feed's answer cannot be read: %w", err)
	}
	if document.GraceSeconds < 0 || document.GraceSeconds > graceMax {
		return nil, errors.New("the key feed's time of grace is out of range")
	}
	answer := &feedAnswer{
		revision: document.Revision,
		grace:    time.Duration(document.GraceSeconds) * time.Second,
	}
	for index, entry := range document.Keys {
		checked, err := readFeedEntry(entry)
		if err != nil {
			answer.skipped = append(answer.skipped, &SkippedKeyError{index, err.Error()})
			continue
		}
		answer.keys = append(answer.keys, checked)
	}
	return answer, nil
}

func readFeedEntry(entry json.RawMessage) (*checkedKey, error) {
	var key Key
	if json.Unmarshal(entry, &key) != nil {
		// The decoder's own words may repeat a value.
		return nil, errors.New("a member is not of its type")
	}
	return checkKey(key)
}
