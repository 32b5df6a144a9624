package countersign

import (
	"encoding/json"
	"errors"
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
	list, err := readKeyFile(text)
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	keys, err := NewKeySet(list...)
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

var errNoKeyList = errors.New("no list of keys")

// readKeyFile takes all keys or none.
func readKeyFile(text []byte) ([]Key, error) {
	var document struct {
		Keys []Key `json:"keys"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if document.Keys == nil {
		return nil, errNoKeyList
	}
	return document.Keys, nil
}
