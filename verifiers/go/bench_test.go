package countersign

import (
	"strings"
	"testing"
)

// BenchmarkVerify is one check of one request, headers taken apart included.
func BenchmarkVerify(b *testing.B) {
	names := map[string]string{
		"alibaba/body-POST": "alibaba-hmac-sha256", "huawei/body-POST": "huawei-hmac-sha256", "basic/plain": "basic",
		"rfc9421/hmac-sha256": "rfc9421-hmac-sha256", "rfc9421/ed25519": "rfc9421-ed25519",
		"rfc9421/ecdsa-p256-sha256": "rfc9421-ecdsa-p256-sha256", "rfc9421/rsa-pss-sha512": "rfc9421-rsa-pss-sha512",
	}
	found := 0
	for _, c := range readVectors(b) {
		c := c
		name, wanted := names[c.Name]
		if !wanted {
			continue
		}
		found++
		b.Run(name, func(b *testing.B) {
			verifier := c.verifier(b)
			request := c.request()
			// Each nonce once would need as many signatures: the memory is made empty.
			hasNonce := strings.HasPrefix(name, "rfc9421")
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				if hasNonce {
					verifier.config.Nonces = NewNonceMemory(verifier.config.Window, 10)
				}
				if _, refusal := verifier.Verify(request); refusal != nil {
					b.Fatal(refusal)
				}
			}
		})
	}
	if found != len(names) {
		b.Errorf("%d of %d", found, len(names))
	}
}
