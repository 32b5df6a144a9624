package dev.countersign.verifier;

/** What a check of one request is told besides keys and time. */
record Options(
        String header, boolean acceptUnsignedPayload, long bodyBytesMax, long windowSeconds) {
    static final String HEADER = "Authorization";
    static final long BODY_BYTES_MAX = 10L << 20;
    static final long WINDOW_SECONDS = 900;

    boolean isOutsideWindow(long seconds, long now) {
        return Math.abs(now - seconds) > windowSeconds;
    }
}
