package countersign

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"strings"
)

// rfc9421Label is the label of the gateway's signatures.
const rfc9421Label = "countersign"

// tellsRFC9421 is true as well where nobody can say, so that a broken field is
// refused as what it is.
func tellsRFC9421(m *message) bool {
	if len(m.values("signature-input")) == 0 {
		return false
	}
	inputs, err := readDictionary(m.joined("signature-input"))
	return err != nil || findMember(inputs, rfc9421Label) != nil
}

// rfc9421 refuses in the order of the names: what is malformed or not signed is
// told even where the key is not known, but for `alg`, which needs the key.
func (c *check) rfc9421() (*checkedKey, *Refusal) {
	claim, ok := readRFC9421Claim(c.m)
	if !ok {
		return nil, refuse(Malformed)
	}
	c.signKey = claim.keyID
	keys, unknown := c.keys.usable(c.now, claim.keyID, RFC9421HMACSHA256, RFC9421KeyPair)
	if unknown == nil && claim.hasAlg {
		if keys = ofAlgorithm(keys, claim.alg); len(keys) == 0 {
			return nil, refuse(Malformed)
		}
	}
	switch {
	case !c.coversEnough(claim):
		return nil, refuse(SignedHeaderMissing)
	case unknown != nil:
		return nil, unknown
	case c.outsideWindow(claim.created), claim.hasExpires && claim.expires < c.now.Unix():
		return nil, refuse(Expired)
	case claim.covers("content-digest") && !contentDigestFits(c.m):
		return nil, refuse(BodyDigestDiffers)
	}
	for _, authority := range authorities(c.m) {
		base := signatureBase(c.m, claim, authority)
		for _, key := range keys {
			if key.verifiesBase(base, claim.signature) {
				if c.nonces.Record(claim.keyID, claim.nonce, c.now.Unix()) != nil {
					return nil, refuse(Replayed)
				}
				return key, nil
			}
		}
	}
	return nil, refuse(SignatureDiffers)
}

func ofAlgorithm(keys []*checkedKey, alg string) []*checkedKey {
	var found []*checkedKey
	for _, key := range keys {
		if key.algorithm() == alg {
			found = append(found, key)
		}
	}
	return found
}

func (k *checkedKey) algorithm() string {
	if k.public != nil {
		return k.public.algorithm
	}
	return algHMAC
}

func (k *checkedKey) verifiesBase(base, signature []byte) bool {
	if k.public != nil {
		return k.public.verify(base, signature)
	}
	return hmac.Equal(hmacSHA256(k.secret(), base), signature)
}

// coversEnough tells whether what has to be signed is, and what is listed is there.
func (c *check) coversEnough(claim *rfc9421Claim) bool {
	wanted := []string{"@method", "@authority", "@path"}
	if c.m.hasQuery {
		wanted = append(wanted, "@query")
	}
	if c.refuseUnsignedPayload && len(c.m.body) > 0 {
		wanted = append(wanted, "content-digest")
	}
	for _, name := range wanted {
		if !claim.covers(name) {
			return false
		}
	}
	for _, name := range claim.names {
		if name[0] != '@' && len(c.m.values(name)) == 0 {
			return false
		}
	}
	return len(c.m.values("host")) > 0
}

// contentDigestFits reads RFC 9530; a field that cannot be read has no digest.
func contentDigestFits(m *message) bool {
	digests, err := readDictionary(m.joined("content-digest"))
	if err != nil {
		return false
	}
	stated, ok := findMember(digests, "sha-256").bytes()
	sum := sha256.Sum256(m.body)
	return ok && bytes.Equal(stated, sum[:])
}

// authorities are what the signer may have written for `@authority`: a backend does
// not know whether TLS ended before it, so the port of either scheme may be left off.
func authorities(m *message) []string {
	host := asciiLower(m.values("host")[0])
	for _, port := range []string{":80", ":443"} {
		if strings.HasSuffix(host, port) {
			return []string{strings.TrimSuffix(host, port), host}
		}
	}
	return []string{host}
}

// signatureBase is that of section 2.5.
func signatureBase(m *message, claim *rfc9421Claim, authority string) []byte {
	out := make([]byte, 0, 512)
	for _, name := range claim.names {
		out = append(append(append(out, '"'), name...), `": `...)
		switch name {
		case "@method":
			out = append(out, m.method...)
		case "@authority":
			out = append(out, authority...)
		case "@path":
			if m.path == "" {
				out = append(out, '/')
			}
			out = append(out, m.path...)
		case "@query":
			out = append(append(out, '?'), m.query...)
		default:
			out = append(out, m.joined(name)...)
		}
		out = append(out, '\n')
	}
	out = append(out, `"@signature-params": `...)
	return appendInnerList(out, claim.input)
}

// joined are the lines of a field as one.
func (m *message) joined(name string) string {
	return strings.Join(m.values(name), ", ")
}
