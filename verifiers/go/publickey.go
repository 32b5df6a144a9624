package countersign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
)

// Shorter RSA keys are weak, longer ones make a check slow.
const (
	rsaBitsMin = 2048
	rsaBitsMax = 8192
)

// Names of RFC 9421 section 6.2.2.
const (
	algHMAC    = "hmac-sha256"
	algEd25519 = "ed25519"
	algP256    = "ecdsa-p256-sha256"
	algRSAPSS  = "rsa-pss-sha512"
)

var oidRSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

// publicKey is the public half of a key pair of one of three algorithms.
type publicKey struct {
	algorithm  string
	thumbprint string
	verify     func(base, signature []byte) bool
}

// subjectPublicKeyInfo is that of RFC 5280 section 4.1.
type subjectPublicKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	PublicKey asn1.BitString
}

// readPublicKey reads Base64 of a SubjectPublicKeyInfo in DER.
func readPublicKey(text string) (*publicKey, error) {
	der, err := decodeBase64(text)
	if err != nil {
		return nil, fmt.Errorf("public_key is %w", err)
	}
	var info subjectPublicKeyInfo
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return nil, errors.New("public_key is no SubjectPublicKeyInfo")
	}
	bits := info.PublicKey.RightAlign()
	var key any
	if info.Algorithm.Algorithm.Equal(oidRSAPSS) && len(info.Algorithm.Parameters.FullBytes) == 0 {
		// Package x509 does not know this type, which holds the same numbers.
		key, err = x509.ParsePKCS1PublicKey(bits)
	} else {
		key, err = x509.ParsePKIXPublicKey(der)
	}
	if err != nil {
		return nil, errors.New("public_key is not valid, or of a type that is not supported")
	}
	switch key := key.(type) {
	case ed25519.PublicKey:
		return ed25519Key(key), nil
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return p256Key(key, bits), nil
		}
	case *rsa.PublicKey:
		if n := key.N.BitLen(); n < rsaBitsMin || n > rsaBitsMax {
			return nil, fmt.Errorf("public_key: an RSA key of %d bits", n)
		}
		return rsaKey(key), nil
	}
	return nil, errors.New("public_key is of a type that is not supported")
}

func ed25519Key(key ed25519.PublicKey) *publicKey {
	return &publicKey{
		algorithm:  algEd25519,
		thumbprint: thumbprint(`{"crv":"Ed25519","kty":"OKP","x":"` + urlBase64(key) + `"}`),
		verify: func(base, signature []byte) bool {
			return len(signature) == ed25519.SignatureSize && ed25519.Verify(key, base, signature)
		},
	}
}

// p256Key takes the point as it stands in the SubjectPublicKeyInfo: a byte of form
// and both coordinates. Package x509 reads no other form.
func p256Key(key *ecdsa.PublicKey, point []byte) *publicKey {
	x, y := urlBase64(point[1:33]), urlBase64(point[33:])
	return &publicKey{
		algorithm:  algP256,
		thumbprint: thumbprint(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`),
		verify: func(base, signature []byte) bool {
			if len(signature) != 64 {
				return false
			}
			digest := sha256.Sum256(base)
			r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
			return ecdsa.Verify(key, digest[:], r, s)
		},
	}
}

func rsaKey(key *rsa.PublicKey) *publicKey {
	e, n := urlBase64(big.NewInt(int64(key.E)).Bytes()), urlBase64(key.N.Bytes())
	return &publicKey{
		algorithm:  algRSAPSS,
		thumbprint: thumbprint(`{"e":"` + e + `","kty":"RSA","n":"` + n + `"}`),
		verify: func(base, signature []byte) bool {
			digest := sha512.Sum512(base)
			// RFC 9421 section 3.3.1: the salt has 64 bytes.
			options := &rsa.PSSOptions{SaltLength: sha512.Size, Hash: crypto.SHA512}
			return rsa.VerifyPSS(key, crypto.SHA512, digest[:], signature, options) == nil
		},
	}
}

// thumbprint is that of RFC 7638 by SHA-256.
func thumbprint(jwk string) string {
	digest := sha256.Sum256([]byte(jwk))
	return urlBase64(digest[:])
}

func urlBase64(data []byte) string {
	return base64.RawURLEncoding.EncodeToString(data)
}
