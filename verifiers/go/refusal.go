package countersign

// RefusalName says why a request is refused. It is the same text in every language,
// header, log and metric.
type RefusalName string

// The names, in the order in which they count where several would do.
const (
	// NoSignature: no signature of a scheme that the verifier has keys for.
	NoSignature RefusalName = "no_signature"
	// BodyTooLarge: the body is beyond the limit.
	BodyTooLarge RefusalName = "body_too_large"
	// Malformed: the signature's headers cannot be read.
	Malformed RefusalName = "malformed"
	// SignedHeaderMissing: what has to be signed is not, or is listed and not there.
	SignedHeaderMissing RefusalName = "signed_header_missing"
	// UnknownSignKey: nobody has told this sign key.
	UnknownSignKey RefusalName = "unknown_sign_key"
	// RetiredSignKey: the sign key was replaced, and its time of grace is over.
	RetiredSignKey RefusalName = "retired_sign_key"
	// Expired: signed too long ago, or in the future.
	Expired RefusalName = "expired"
	// BodyDigestDiffers: the body is not the one that was signed.
	BodyDigestDiffers RefusalName = "body_digest_differs"
	// SignatureDiffers: method, path, query, a signed header or the secret differ.
	SignatureDiffers RefusalName = "signature_differs"
	// Replayed: the nonce was used before, or no more can be remembered.
	Replayed RefusalName = "replayed"
)

// RefusalNames are all names, in their order.
func RefusalNames() []RefusalName {
	return []RefusalName{
		NoSignature, BodyTooLarge, Malformed, SignedHeaderMissing, UnknownSignKey,
		RetiredSignKey, Expired, BodyDigestDiffers, SignatureDiffers, Replayed,
	}
}

// Refusal is the answer for a request that is not verified.
type Refusal struct {
	// Name is the reason.
	Name RefusalName
	// SignKey is what the request says signed it, as far as that was read. Whoever
	// sent the request chose it: its length and content are not to be trusted.
	SignKey string
}

// Error is the name. A nil *Refusal put into a variable of type error is not a nil
// error: compare the *Refusal.
func (r *Refusal) Error() string {
	return string(r.Name)
}

func refuse(name RefusalName) *Refusal {
	return &Refusal{Name: name}
}
