package countersign

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSecretsAreNotPrinted(t *testing.T) {
	const planted = "planted-secret"
	key := Key{Scheme: Basic, SignKey: "k", Secret: planted, State: Active}
	keys, err := NewKeySet(key)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := New(Config{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{key, &key, []Key{key}, key.Secret, keys, *keys, keys.all, keys.all[0], keys.all[0].checkedKey, *keys.all[0].checkedKey, verifier} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, planted) || strings.Contains(text, fmt.Sprintf("%x", planted)) {
				t.Errorf("%s of %T: %s", verb, value, text)
			}
		}
	}
	if text, err := json.Marshal(key); err == nil {
		t.Errorf("%s", text)
	}
}

func TestTokensAreNotPrinted(t *testing.T) {
	config := FeedConfig{Address: "http://h", Token: "planted-token"}
	feed, err := newFeed(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		for _, value := range []any{config, &config, feed, feed.ask, *feed.ask} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "planted") {
				t.Errorf("%s of %T: %s", verb, value, text)
			}
		}
	}
}

func TestBadKeys(t *testing.T) {
	const p384 = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEqXrSXqR9UkP9oK6DVOZg1fhvTRkBU9oHn8aB2vhnLlPRm0DrMpLbZ6uJ0Q2Oc0rB" +
		"3mqXSeOtAAAA"
	for _, key := range []Key{
		{},
		{Scheme: "x", SignKey: "k", Secret: "s", State: Active},
		{Scheme: Basic, SignKey: "k", Secret: "s"},
		{Scheme: Basic, SignKey: "k", Secret: "s", State: "x"},
		{Scheme: Basic, SignKey: "k", State: Active},
		{Scheme: Basic, SignKey: "k", State: Next},
		{Scheme: Basic, Secret: "s", State: Active},
		{Scheme: RFC9421KeyPair, SignKey: "k", Secret: "s", State: Active},
		{Scheme: RFC9421KeyPair, SignKey: "k", PublicKey: "*", State: Active},
		{Scheme: RFC9421KeyPair, SignKey: "k", PublicKey: "AAAA", State: Active},
		{Scheme: RFC9421KeyPair, SignKey: "k", PublicKey: p384, State: Active},
		{Scheme: RFC9421KeyPair, SignKey: "k", PublicKey: "*", State: Retired},
	} {
		if _, err := NewKeySet(key); err == nil {
			t.Errorf("%+v", key)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("a verifier without keys")
	}
}

// The thumbprints of RFC 8037 appendix A.3 and of RFC 7638 section 3.1, the keys as
// SubjectPublicKeyInfo.
func TestThumbprints(t *testing.T) {
	key, err := readPublicKey("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
	if err != nil || key.thumbprint != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("%v %v", key, err)
	}
	const n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_" +
		"BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_" +
		"FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI" +
		"4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
	for _, typed := range []func(string) string{rsaEncryptionKey, rsaPSSKey} {
		key, err = readPublicKey(typed(n))
		if err != nil || key.algorithm != algRSAPSS || key.thumbprint != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
			t.Errorf("%v %v", key, err)
		}
	}
	for bits, name := range map[int]string{1024: "short", 9000: "long"} {
		if _, err := readPublicKey(rsaEncryptionKey(oddNumber(bits))); err == nil {
			t.Errorf("a %s RSA key", name)
		}
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if _, err := OpenKeyFile(path); err == nil {
		t.Error("no file")
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"keys":[{"scheme":"basic","sign_key":"a","secret":"1","name":"orders","version":1,"state":"active"}]}`)
	file, err := OpenKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := New(Config{Keys: file})
	if err != nil {
		t.Fatal(err)
	}
	expectOutcome(t, verifier, "a", "1", "ok")
	write(`{"keys":[{"scheme":"basic","sign_key":"a","secret":"planted","state":"?"}]}`)
	if err := file.Reload(); err == nil || strings.Contains(err.Error(), "planted") {
		t.Error(err)
	}
	expectOutcome(t, verifier, "a", "1", "ok")
	write(`{"keys":[{"scheme":"basic","sign_key":"b","secret":"1","name":"orders","version":1,"state":"active"}]}`)
	if err := file.Reload(); err != nil {
		t.Error(err)
	}
	expectOutcome(t, verifier, "a", "1", "unknown_sign_key")
	expectOutcome(t, verifier, "b", "1", "ok")
}

// The clock counts whole seconds, as the dates of requests do.
func TestPartsOfSeconds(t *testing.T) {
	tried := 0
	for _, c := range readVectors(t) {
		if c.Name != "huawei/now-+900" && c.Name != "rfc9421/now-+900" && c.Name != "rfc9421/params-expires-now" {
			continue
		}
		tried++
		verifier := c.verifier(t)
		verifier.config.Now = func() time.Time { return time.Unix(c.Now, 999_999_999) }
		if _, refusal := verifier.Verify(c.request()); refusal != nil {
			t.Error(refusal)
		}
		verifier.config.Nonces = NewNonceMemory(time.Hour, 1)
		verifier.config.Now = func() time.Time { return time.Unix(c.Now+1, 0) }
		if _, refusal := verifier.Verify(c.request()); refusal == nil || refusal.Name != Expired {
			t.Error(refusal)
		}
	}
	if tried != 3 {
		t.Errorf("%d vectors", tried)
	}
}
