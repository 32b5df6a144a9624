package countersign

import (
	"context"
	"errors"
	"log"
	"sync/atomic"
	"time"
)

// Defaults of a [Config].
const (
	DefaultHeader       = "Authorization"
	DefaultBodyBytesMax = 10 << 20
	DefaultWindow       = 900 * time.Second
)

// Config is what a [Verifier] is made of. Only Keys has no default.
type Config struct {
	// Keys are a *KeySet, a *KeyFile, a *Feed, or another source.
	Keys KeySource
	// Header carries Huawei's and basic signatures.
	Header string
	// RefuseUnsignedPayload refuses bodies that stay out of a signature of Huawei's
	// scheme or of RFC 9421. The gateway sends them where it cannot hold a body.
	RefuseUnsignedPayload bool
	// BodyBytesMax is the longest body that is read.
	BodyBytesMax int64
	// Window is how far the date of a request may be from now, either way. Whole
	// seconds count.
	Window time.Duration
	// Nonces is a memory of twice the window and NoncesMax nonces if nil.
	Nonces *NonceMemory
	// Observe refuses nothing in the middleware: requests go on, refusals are
	// counted and told.
	Observe bool
	// OnRefusal is told of each refusal in the middleware, on the request's
	// goroutine. If nil, what observe mode lets pass is logged by package log.
	OnRefusal func(Event)
	// Now is the clock.
	Now func() time.Time
}

// Verifier checks requests. It may be shared by goroutines.
type Verifier struct {
	config   Config
	header   string
	window   int64
	keysWait time.Duration
	verified atomic.Uint64
	refused  map[RefusalName]*atomic.Uint64
}

// Verified is what is known of a request that is verified.
type Verified struct {
	Scheme     Scheme
	SignKey    string
	KeyName    string
	KeyVersion int64
}

// New makes a verifier.
func New(config Config) (*Verifier, error) {
	if config.Keys == nil {
		return nil, errors.New("countersign: no source of keys")
	}
	if config.Header == "" {
		config.Header = DefaultHeader
	}
	if config.BodyBytesMax == 0 {
		config.BodyBytesMax = DefaultBodyBytesMax
	}
	if config.Window == 0 {
		config.Window = DefaultWindow
	}
	if config.BodyBytesMax < 0 || config.Window < 0 {
		return nil, errors.New("countersign: a negative limit")
	}
	if config.Nonces == nil {
		config.Nonces = NewNonceMemory(2*config.Window, NoncesMax)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.OnRefusal == nil {
		config.OnRefusal = logObserved
	}
	verifier := &Verifier{
		config:   config,
		header:   asciiLower(config.Header),
		window:   int64(config.Window / time.Second),
		keysWait: feedAnswerWait,
		refused:  make(map[RefusalName]*atomic.Uint64),
	}
	for _, name := range RefusalNames() {
		verifier.refused[name] = new(atomic.Uint64)
	}
	return verifier, nil
}

func logObserved(event Event) {
	if event.Observed {
		log.Printf("countersign: observed refusal %s, sign key %.64q", event.Refusal.Name, event.Refusal.SignKey)
	}
}

// Verify checks a request; the refusal is nil if it is verified. It never panics for
// anything a request holds. With a [Feed] it may wait up to two seconds for keys that
// the gateway has changed.
func (v *Verifier) Verify(request Request) (Verified, *Refusal) {
	return v.VerifyContext(context.Background(), request)
}

// VerifyContext is Verify that stops to wait for keys when the context is done.
func (v *Verifier) VerifyContext(ctx context.Context, request Request) (Verified, *Refusal) {
	return v.verify(ctx, newMessage(&request))
}

func (v *Verifier) verify(ctx context.Context, m *message) (Verified, *Refusal) {
	key, refusal := v.checkWithNewest(ctx, m)
	if refusal != nil {
		v.refused[refusal.Name].Add(1)
		return Verified{}, refusal
	}
	v.verified.Add(1)
	return Verified{key.Scheme, key.SignKey, key.Name, key.Version}, nil
}

// refresher is a source that can be asked for newer keys than some.
type refresher interface {
	refresh(ctx context.Context, than *KeySet) *KeySet
}

// checkWithNewest asks for newer keys where those at hand do not fit; once more if
// others came that do not fit either, for keys can change twice in a moment.
func (v *Verifier) checkWithNewest(ctx context.Context, m *message) (*checkedKey, *Refusal) {
	keys := v.config.Keys.Keys()
	key, refusal := v.check(m, keys)
	source, ok := v.config.Keys.(refresher)
	if !ok || refusal == nil || !v.newKeysMayHelp(m, refusal.Name) {
		return key, refusal
	}
	ctx, cancel := context.WithTimeout(ctx, v.keysWait)
	defer cancel()
	for times := 0; times < 2 && refusal != nil && v.newKeysMayHelp(m, refusal.Name); times++ {
		newer := source.refresh(ctx, keys)
		if newer == keys {
			break
		}
		keys = newer
		key, refusal = v.check(m, keys)
	}
	return key, refusal
}

// newKeysMayHelp is true as well for the first key of a scheme, and for a retired one,
// which may have come back.
func (v *Verifier) newKeysMayHelp(m *message, name RefusalName) bool {
	switch name {
	case UnknownSignKey, RetiredSignKey, SignatureDiffers:
		return true
	case NoSignature:
		return v.tellsAny(m)
	}
	return false
}

// tellsAny tells whether a request carries a signature of whatever scheme. It needs
// no body.
func (v *Verifier) tellsAny(m *message) bool {
	return tellsRFC9421(m) || tellsAlibaba(m) || tellsHuawei(m, v.header) || tellsBasic(m, v.header)
}

// check is one check of one request against the keys of one moment.
type check struct {
	m                     *message
	keys                  *KeySet
	nonces                *NonceMemory
	now                   time.Time
	window                int64
	header                string
	refuseUnsignedPayload bool
	// signKey is what the request says signed it, once that was read.
	signKey string
}

func (v *Verifier) check(m *message, keys *KeySet) (*checkedKey, *Refusal) {
	c := &check{
		m:                     m,
		keys:                  keys,
		nonces:                v.config.Nonces,
		now:                   v.config.Now(),
		window:                v.window,
		header:                v.header,
		refuseUnsignedPayload: v.config.RefuseUnsignedPayload,
	}
	scheme := c.told()
	switch {
	case scheme == nil:
		return nil, refuse(NoSignature)
	case m.bodyTooLarge || int64(len(m.body)) > v.config.BodyBytesMax:
		return nil, refuse(BodyTooLarge)
	case !isASCII(m.target):
		return nil, refuse(Malformed)
	}
	key, refusal := scheme()
	if refusal != nil {
		return nil, &Refusal{Name: refusal.Name, SignKey: c.signKey}
	}
	return key, nil
}

// told is the check of the first scheme that the request carries and that there are
// keys of.
func (c *check) told() func() (*checkedKey, *Refusal) {
	has := func(schemes ...Scheme) bool { return c.keys.has(c.now, schemes...) }
	switch {
	case has(RFC9421HMACSHA256, RFC9421KeyPair) && tellsRFC9421(c.m):
		return c.rfc9421
	case has(AlibabaHMACSHA256) && tellsAlibaba(c.m):
		return c.alibaba
	case has(HuaweiHMACSHA256) && tellsHuawei(c.m, c.header):
		return c.huawei
	case has(Basic) && tellsBasic(c.m, c.header):
		return c.basic
	}
	return nil
}

func (c *check) outsideWindow(seconds int64) bool {
	off := c.now.Unix() - seconds
	return off > c.window || off < -c.window
}

// Stats are counts since the verifier was made.
type Stats struct {
	Verified uint64
	// Refused has every name, refusals that were only observed included.
	Refused map[RefusalName]uint64
	// Nonces is how many are remembered.
	Nonces int
}

// Stats are the counts, for a metric.
func (v *Verifier) Stats() Stats {
	stats := Stats{
		Verified: v.verified.Load(),
		Refused:  make(map[RefusalName]uint64, len(v.refused)),
		Nonces:   v.config.Nonces.Len(),
	}
	for name, count := range v.refused {
		stats.Refused[name] = count.Load()
	}
	return stats
}
