package countersign

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Entries that are no keys; all of their values hold "planted".
var badEntries = []string{
	`1`, `null`, `"planted"`, `["planted"]`, `{}`,
	`{"scheme":"planted","sign_key":"planted","secret":"planted","state":"active"}`,
	`{"scheme":"basic","sign_key":"planted","secret":"planted","state":"planted"}`,
	`{"scheme":"basic","sign_key":"","secret":"planted","state":"active"}`,
	`{"scheme":"basic","sign_key":"planted","secret":["planted"],"state":"active"}`,
	`{"scheme":"basic","sign_key":"planted","secret":"","state":"active"}`,
	`{"scheme":"basic","sign_key":"planted","secret":"","state":"next"}`,
	`{"scheme":"basic","sign_key":"planted","state":"active"}`,
	`{"scheme":"basic","sign_key":"planted","secret":"planted","version":1e300,"state":"active"}`,
	`{"scheme":"rfc9421-key-pair","sign_key":"planted","public_key":"planted","state":"active"}`,
	`{"scheme":"rfc9421-key-pair","sign_key":"planted","state":"active"}`,
}

const goodEntry = `{"scheme":"basic","sign_key":"k","secret":"s","name":"orders","version":1,"state":"active"}`

func TestFeedPassesOverWhatItCannotRead(t *testing.T) {
	server := startFeedServer(t)
	feed, verifier := testFeed(t, server, nil)
	var told []error
	feed.onError = func(err error) { told = append(told, err) }
	for i, bad := range badEntries {
		told = nil
		server.change(func() {
			server.status = http.StatusOK
			server.text = `{"revision":1,"grace_seconds":0,"keys":[` + goodEntry + "," + bad + `]}`
		})
		ask(t, feed)
		var skipped *SkippedKeyError
		if len(told) != 1 || !errors.As(told[0], &skipped) || skipped.Index != 1 || skipped.Why == "" {
			t.Fatalf("%s: %v", bad, told)
		}
		if text := skipped.Error(); strings.Contains(text, "planted") || strings.Contains(text, "1e300") {
			t.Errorf("%s: %s", bad, text)
		}
		if feed.Skipped() != uint64(i+1) || feed.Keys().Len() != 1 {
			t.Errorf("%s: %d skipped, %d keys", bad, feed.Skipped(), feed.Keys().Len())
		}
		expectOutcome(t, verifier, "k", "s", "ok")
	}
}

// An answer that brings nothing new is not told of again.
func TestSkippedOncePerAnswer(t *testing.T) {
	server := startFeedServer(t, sharedKey("k", "s", "active"), sharedKey("x", "", "active"), sharedKey("y", "s", "?"))
	feed, verifier := testFeed(t, server, nil)
	told := 0
	feed.onError = func(error) { told++ }
	ask(t, feed)
	ask(t, feed)
	if told != 2 || feed.Skipped() != 2 {
		t.Errorf("told %d, counted %d", told, feed.Skipped())
	}
	expectOutcome(t, verifier, "k", "s", "ok")
	server.put(sharedKey("k", "s", "active"))
	ask(t, feed)
	if told != 2 || feed.Skipped() != 2 {
		t.Errorf("told %d, counted %d", told, feed.Skipped())
	}
}

// What is passed over in the feed is an error in a file, and no key of it is taken.
func TestFilesAreStrict(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	for _, bad := range badEntries {
		text := `{"keys":[` + goodEntry + "," + bad + `]}`
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if file, err := OpenKeyFile(path); err == nil || file.Keys().Len() != 0 {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
