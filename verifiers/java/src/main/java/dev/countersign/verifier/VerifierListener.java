package dev.countersign.verifier;

/**
 * Is told what happens, for metrics. Called on the thread where it happens, so it has to
 * be fast; what it throws is logged and goes no further. Nothing told has a secret in it.
 */
public interface VerifierListener {
    /** Hears nothing. */
    VerifierListener NONE = new VerifierListener() {};

    /** A request is verified. */
    default void verified(Verdict.Verified verdict) {}

    /** A request is refused, or in observe mode would have been. */
    default void refused(Refusal refusal, boolean observed) {}

    /** The key feed did not answer; the last good keys serve. */
    default void feedFailed(String why) {}

    /** The key feed told other keys. */
    default void keysChanged(int count) {}

    /** The key feed told a key that this version cannot use. */
    default void keyUnusable(String why) {}
}
