package countersign

import (
	"encoding/json"
	"fmt"
	"os"
	"sync/atomic"
)

// KeyFile are keys from a file of `{"keys": [...]}`.
type KeyFile struct {
	path string
	keys atomic.Pointer[KeySet]
}

// OpenKeyFile reads a file of keys.
func OpenKeyFile(path string) (*KeyFile, error) {
	file := &KeyFile{path: path}
	return file, file.Reload()
}

// Reload reads the file again, for a signal handler or a timer. Whatever is wrong
// with the file, the keys before stay.
func (f *KeyFile) Reload() error {
	text, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	document, err := readKeyDocument(text)
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	keys, err := NewKeySet(document.Keys...)
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	f.keys.Store(keys)
	return nil
}

// Keys are those read last.
func (f *KeyFile) Keys() *KeySet {
	if keys := f.keys.Load(); keys != nil {
		return keys
	}
	return indexKeys(nil)
}

// keyDocument is what a file and an answer of the feed hold.
type keyDocument struct {
	Revision     int64 `json:"revision"`
	GraceSeconds int64 `json:"grace_seconds"`
	Keys         []Key `json:"keys"`
}

func readKeyDocument(text []byte) (*keyDocument, error) {
	var document keyDocument
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if document.Keys == nil {
		return nil, fmt.Errorf("no list of keys")
	}
	return &document, nil
}
