package dev.countersign.verifier;

import java.time.Duration;
import java.util.OptionalDouble;

/** Where keys come from: a {@link KeySet}, a {@link KeyFeed}, or one of your own. */
public interface KeySource {
    /** The keys now. Has to be fast: each request asks. */
    KeySet current();

    /**
     * Asks for other keys than those seen, for a request that these do not fit. False if
     * there are none, or none came in time.
     */
    default boolean refresh(KeySet seen, Duration atMost) throws InterruptedException {
        return false;
    }

    /** Seconds since the source last answered; empty if it has not, or never changes. */
    default OptionalDouble ageSeconds() {
        return OptionalDouble.empty();
    }
}
