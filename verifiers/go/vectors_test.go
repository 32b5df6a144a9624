package countersign

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// vectorCase is a case of verifiers/vectors.json.
type vectorCase struct {
	Name    string `json:"name"`
	Keys    []Key  `json:"keys"`
	Now     int64  `json:"now"`
	Options struct {
		Header                *string `json:"header"`
		AcceptUnsignedPayload *bool   `json:"accept_unsigned_payload"`
		BodyMax               *int64  `json:"body_max"`
		Window                *int64  `json:"window"`
	} `json:"options"`
	Request struct {
		Method  string      `json:"method"`
		Target  string      `json:"target"`
		Headers [][2]string `json:"headers"`
		Body    []byte      `json:"body"`
	} `json:"request"`
	Seen   [][2]string `json:"seen"`
	Expect string      `json:"expect"`
	Key    string      `json:"key"`
}

// readVectors fails for a member or an option that is not known here.
func readVectors(t testing.TB) []vectorCase {
	t.Helper()
	text, err := os.ReadFile("../vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Format int          `json:"format"`
		Cases  []vectorCase `json:"cases"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	if file.Format != 1 {
		t.Fatalf("format %d", file.Format)
	}
	// Each case stands on a line of its own.
	if lines := bytes.Count(text, []byte("\n{\"name\":")); lines != len(file.Cases) || lines < 900 {
		t.Fatalf("%d cases on %d lines", len(file.Cases), lines)
	}
	return file.Cases
}

func (c *vectorCase) verifier(t testing.TB) *Verifier {
	t.Helper()
	keys, err := NewKeySet(c.Keys...)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	now := time.Unix(c.Now, 0)
	config := Config{Keys: keys, Now: func() time.Time { return now }}
	if c.Options.Header != nil {
		config.Header = *c.Options.Header
	}
	if c.Options.AcceptUnsignedPayload != nil {
		config.RefuseUnsignedPayload = !*c.Options.AcceptUnsignedPayload
	}
	if c.Options.BodyMax != nil {
		config.BodyBytesMax = *c.Options.BodyMax
	}
	if c.Options.Window != nil {
		config.Window = time.Duration(*c.Options.Window) * time.Second
	}
	verifier, err := New(config)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	for _, seen := range c.Seen {
		if err := verifier.config.Nonces.Record(seen[0], seen[1], c.Now); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
	}
	return verifier
}

func (c *vectorCase) request() Request {
	request := Request{
		Method: c.Request.Method,
		Target: fromLatin1(c.Request.Target),
		Body:   c.Request.Body,
	}
	for _, header := range c.Request.Headers {
		request.Headers = append(request.Headers, Header{fromLatin1(header[0]), fromLatin1(header[1])})
	}
	return request
}

func fromLatin1(text string) string {
	var out []byte
	for _, r := range text {
		if r > 0xFF {
			panic("not Latin-1: " + text)
		}
		out = append(out, byte(r))
	}
	return string(out)
}

func (c *vectorCase) check(t *testing.T, verified Verified, refusal *Refusal) {
	t.Helper()
	got := "ok"
	if refusal != nil {
		got = string(refusal.Name)
	}
	if got != c.Expect {
		t.Errorf("%s: %s, want %s", c.Name, got, c.Expect)
		return
	}
	if verified.SignKey != c.Key {
		t.Errorf("%s: sign key %q, want %q", c.Name, verified.SignKey, c.Key)
	}
	if refusal == nil && (verified.KeyName != c.Keys[0].Name && len(c.Keys) == 1 || verified.Scheme == "") {
		t.Errorf("%s: %+v", c.Name, verified)
	}
}

func TestVectors(t *testing.T) {
	known := map[string]bool{"ok": true}
	for _, name := range RefusalNames() {
		known[string(name)] = true
	}
	met := make(map[string]int)
	for _, c := range readVectors(t) {
		c := c
		if !known[c.Expect] {
			t.Errorf("%s: %q is no refusal", c.Name, c.Expect)
		}
		met[c.Expect]++
		verifier := c.verifier(t)
		verified, refusal := verifier.Verify(c.request())
		c.check(t, verified, refusal)
		stats := verifier.Stats()
		if refusal == nil && stats.Verified != 1 || refusal != nil && stats.Refused[refusal.Name] != 1 {
			t.Errorf("%s: counted %+v", c.Name, stats)
		}
	}
	for name := range known {
		if met[name] == 0 {
			t.Errorf("no case for %s", name)
		}
	}
}

// What is accepted once by a scheme with nonces is not accepted again; what has none
// is accepted each time.
func TestVectorsTwice(t *testing.T) {
	for _, c := range readVectors(t) {
		c := c
		if c.Expect != "ok" {
			continue
		}
		verifier := c.verifier(t)
		verified, _ := verifier.Verify(c.request())
		if _, refusal := verifier.Verify(c.request()); refusal != nil {
			if verified.Scheme != RFC9421HMACSHA256 && verified.Scheme != RFC9421KeyPair {
				t.Errorf("%s: %s the second time", c.Name, refusal.Name)
			} else if refusal.Name != Replayed {
				t.Errorf("%s: %s the second time", c.Name, refusal.Name)
			}
		} else if verified.Scheme == RFC9421HMACSHA256 || verified.Scheme == RFC9421KeyPair {
			t.Errorf("%s: accepted twice", c.Name)
		}
	}
}
