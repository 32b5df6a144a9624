package dev.countersign.verifier;

import java.util.Objects;

/** What comes out of the check of one request. */
public sealed interface Verdict {
    /** Whether the request came through the gateway unaltered. */
    default boolean isVerified() {
        return this instanceof Verified;
    }

    /** The request is verified; with which key. */
    record Verified(Scheme scheme, String signKey, String keyName, long keyVersion)
            implements Verdict {
        static Verified by(Key key) {
            return new Verified(key.scheme(), key.signKey(), key.name(), key.version());
        }
    }

    /** The request is not verified; why. */
    record Refused(Refusal refusal) implements Verdict {
        public Refused {
            Objects.requireNonNull(refusal, "refusal");
        }
    }
}
