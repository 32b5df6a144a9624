package dev.countersign.verifier;

/** Ends the check of a scheme; {@link SignatureCheck} makes a verdict of it. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    RefusedException(Refusal refusal) {
        // A refusal is an ordinary outcome: no stack trace, which is what costs.
        super(refusal.wireName(), null, false, false);
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
