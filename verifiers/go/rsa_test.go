package countersign

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
)

// rsaEncryptionKey is the SubjectPublicKeyInfo of a modulus in Base64url.
func rsaEncryptionKey(modulus string) string {
	return rsaInfo(modulus, pkix.AlgorithmIdentifier{
		Algorithm:  asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1},
		Parameters: asn1.NullRawValue,
	})
}

// rsaPSSKey is one of type id-RSASSA-PSS without parameters (RFC 4055 section 1.2).
func rsaPSSKey(modulus string) string {
	return rsaInfo(modulus, pkix.AlgorithmIdentifier{Algorithm: oidRSAPSS})
}

func rsaInfo(modulus string, algorithm pkix.AlgorithmIdentifier) string {
	n, err := base64.RawURLEncoding.DecodeString(modulus)
	if err != nil {
		panic(err)
	}
	key, err := asn1.Marshal(struct{ N, E *big.Int }{new(big.Int).SetBytes(n), big.NewInt(65537)})
	if err != nil {
		panic(err)
	}
	der, err := asn1.Marshal(subjectPublicKeyInfo{algorithm, asn1.BitString{Bytes: key, BitLength: 8 * len(key)}})
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

func oddNumber(bits int) string {
	return base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xFF}, bits/8))
}
