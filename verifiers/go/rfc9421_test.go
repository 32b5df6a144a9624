package countersign

import "testing"

// A host that no signature base can hold is malformed, whether or not it is signed.
func TestHostsThatAreNotPrintable(t *testing.T) {
	tried := 0
	for _, c := range readVectors(t) {
		if c.Name != "rfc9421/hmac-sha256" && c.Name != "rfc9421/without-authority" {
			continue
		}
		tried++
		for _, host := range []string{"\u00e9.example", "a\xff", "a\x01b", "a\x7f", "a\nb", "a\x00"} {
			request := c.request()
			for i := range request.Headers {
				if asciiLower(request.Headers[i].Name) == "host" {
					request.Headers[i].Value = host
				}
			}
			if _, refusal := c.verifier(t).Verify(request); refusal == nil || refusal.Name != Malformed {
				t.Errorf("%s with %q: %v", c.Name, host, refusal)
			}
		}
	}
	if tried != 2 {
		t.Errorf("%d vectors", tried)
	}
}
