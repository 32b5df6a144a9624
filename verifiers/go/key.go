package countersign

import (
	"errors"
	"fmt"
)

// Scheme is how a gateway signs with a key.
type Scheme string

// The schemes.
const (
	AlibabaHMACSHA256 Scheme = "alibaba-hmac-sha256"
	HuaweiHMACSHA256  Scheme = "huawei-hmac-sha256"
	Basic             Scheme = "basic"
	RFC9421HMACSHA256 Scheme = "rfc9421-hmac-sha256"
	RFC9421KeyPair    Scheme = "rfc9421-key-pair"
)

// State is where a key is in its life.
type State string

// The states.
const (
	// Active: the gateway signs with it.
	Active State = "active"
	// Next: the gateway is about to change to it; accepted as well.
	Next State = "next"
	// Retired: replaced. Requests signed with it are refused by its name.
	Retired State = "retired"
)

// Secret is a shared secret. It is printed as "[secret]" and written to no JSON.
type Secret string

// Format prints no secret, whatever the verb.
func (Secret) Format(out fmt.State, _ rune) {
	_, _ = out.Write([]byte("[secret]"))
}

// MarshalText refuses, so that no encoder of JSON or XML writes a secret.
func (Secret) MarshalText() ([]byte, error) {
	return nil, errors.New("a secret is not written")
}

// Key is one key, as lists, files and the feed have it.
type Key struct {
	Scheme  Scheme `json:"scheme"`
	SignKey string `json:"sign_key"`
	// Secret is wanted of all schemes but RFC9421KeyPair, unless retired.
	Secret Secret `json:"secret,omitempty"`
	// PublicKey is Base64 of a SubjectPublicKeyInfo, for RFC9421KeyPair.
	PublicKey string `json:"public_key,omitempty"`
	Name      string `json:"name"`
	Version   int64  `json:"version"`
	State     State  `json:"state"`
}

// checkedKey is a key that can be used, or a retired one.
type checkedKey struct {
	// Key without its secret.
	Key
	// secret is a function, for package fmt prints unexported fields without asking
	// their types.
	secret func() string
	// id is what requests name the key by.
	id     string
	public *publicKey
}

// checkKey says why a key is none without a value of it.
func checkKey(key Key) (*checkedKey, error) {
	switch key.Scheme {
	case AlibabaHMACSHA256, HuaweiHMACSHA256, Basic, RFC9421HMACSHA256, RFC9421KeyPair:
	default:
		return nil, errors.New("the scheme is not known")
	}
	switch key.State {
	case Active, Next, Retired:
	default:
		return nil, errors.New("the state is not known")
	}
	secret := string(key.Secret)
	key.Secret = ""
	checked := &checkedKey{Key: key, id: key.SignKey, secret: func() string { return secret }}
	if key.Scheme == RFC9421KeyPair && key.PublicKey != "" {
		public, err := readPublicKey(key.PublicKey)
		if err != nil {
			return nil, err
		}
		checked.public, checked.id = public, public.thumbprint
	}
	if checked.id == "" {
		return nil, errors.New("a key without sign_key")
	}
	if key.State == Retired {
		checked.secret = func() string { return "" }
		return checked, nil
	}
	if key.Scheme == RFC9421KeyPair {
		if checked.public == nil {
			return nil, errors.New("a key pair without public_key")
		}
	} else if secret == "" {
		// With an empty secret anybody could sign.
		return nil, errors.New("a key without secret")
	}
	return checked, nil
}

// sameAs tells whether two keys accept the same signatures.
func (k *checkedKey) sameAs(other *checkedKey) bool {
	return k.Scheme == other.Scheme && k.id == other.id && k.SignKey == other.SignKey &&
		k.secret() == other.secret()
}
