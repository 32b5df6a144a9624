package countersign

// rfc9421Claim is what a signature says of itself.
type rfc9421Claim struct {
	input      *member
	names      []string
	created    int64
	expires    int64
	hasExpires bool
	keyID      string
	nonce      string
	alg        string
	hasAlg     bool
	signature  []byte
}

func (c *rfc9421Claim) covers(name string) bool {
	for _, own := range c.names {
		if own == name {
			return true
		}
	}
	return false
}

// readRFC9421Claim gives none for what is malformed.
func readRFC9421Claim(m *message) (*rfc9421Claim, bool) {
	inputs, err := readDictionary(m.joined("signature-input"))
	if err != nil {
		return nil, false
	}
	signatures, err := readDictionary(m.joined("signature"))
	if err != nil {
		return nil, false
	}
	claim := &rfc9421Claim{input: findMember(inputs, rfc9421Label)}
	signature, ok := findMember(signatures, rfc9421Label).bytes()
	if !ok || claim.input == nil || !claim.input.isInner {
		return nil, false
	}
	claim.signature = signature
	return claim, claim.readComponents(m) && claim.readParams()
}

func (c *rfc9421Claim) readComponents(m *message) bool {
	for _, item := range c.input.items {
		text, isString := item.value.(sfString)
		name := string(text)
		if !isString || len(item.params) > 0 || c.covers(name) || !isComponent(name) {
			return false
		}
		if name[0] != '@' && !arePrintable(m.values(name)) {
			return false
		}
		c.names = append(c.names, name)
	}
	// `@authority` comes from it.
	hosts := m.values("host")
	return len(hosts) <= 1 && arePrintable(hosts)
}

// isComponent tells the four derived components and fields in lower case.
func isComponent(name string) bool {
	switch name {
	case "@method", "@authority", "@path", "@query":
		return true
	}
	for i := 0; i < len(name); i++ {
		if b := name[i]; !isTokenByte(b) || 'A' <= b && b <= 'Z' {
			return false
		}
	}
	return name != ""
}

// arePrintable tells what a signature base may hold: no line end, nothing but ASCII.
func arePrintable(values []string) bool {
	for _, value := range values {
		for i := 0; i < len(value); i++ {
			if b := value[i]; (b < ' ' || b > '~') && b != '\t' {
				return false
			}
		}
	}
	return true
}

// readParams takes the parameters of section 2.3, each of its type.
func (c *rfc9421Claim) readParams() bool {
	var hasCreated, hasKeyID, hasNonce bool
	for _, param := range c.input.params {
		number, isNumber := param.value.(sfInteger)
		text, isText := param.value.(sfString)
		fits := isText
		switch param.key {
		case "created":
			c.created, hasCreated, fits = int64(number), true, isNumber
		case "expires":
			c.expires, c.hasExpires, fits = int64(number), true, isNumber
		case "keyid":
			c.keyID, hasKeyID = string(text), true
		case "nonce":
			c.nonce, hasNonce = string(text), true
		case "alg":
			c.alg, c.hasAlg = string(text), true
		case "tag":
		default:
			fits = true
		}
		if !fits {
			return false
		}
	}
	return hasCreated && hasKeyID && hasNonce
}
