package dev.countersign.verifier;

/** The feed gave no keys; says why, without the token. */
final class FeedException extends Exception {
    private static final long serialVersionUID = 1L;

    FeedException(String message) {
        super(message);
    }
}
