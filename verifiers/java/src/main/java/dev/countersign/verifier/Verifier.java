package dev.countersign.verifier;

import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;

/** Says of requests whether they came through the gateway. Safe to share between threads. */
public final class Verifier {
    private static final Set<Refusal> NEW_KEYS_MAY_HELP =
            EnumSet.of(
                    Refusal.NO_SIGNATURE,
                    Refusal.UNKNOWN_SIGN_KEY,
                    Refusal.RETIRED_SIGN_KEY,
                    Refusal.SIGNATURE_DIFFERS);

    private static final Duration REFRESH_MAX = Duration.ofSeconds(2);

    private final KeySource keys;
    private final SignatureCheck check;
    private final boolean observes;
    private final Reports reports;
    private final Clock clock;

    private Verifier(Builder builder) {
        keys = builder.keys;
        observes = builder.observes;
        reports = new Reports(builder.listener);
        clock = builder.clock;
        long window = builder.window.toSeconds();
        NonceMemory nonces =
                builder.nonces != null
                        ? builder.nonces
                        : new NonceMemory(2 * window, NonceMemory.CAPACITY);
        String header = Text.asciiLower(builder.header);
        check =
                new SignatureCheck(
                        new Options(
                                header, builder.acceptUnsignedPayload, builder.bodyBytesMax, window),
                        nonces);
    }

    /** A verifier with keys, and defaults for all else. */
    public static Builder builder(KeySource keys) {
        return new Builder(keys);
    }

    /**
     * The verdict. With a {@link KeyFeed} it may wait for two seconds for keys that the
     * gateway has changed. Never throws for what a request holds.
     */
    public Verdict verify(Request request) {
        KeySet seen = keys.current();
        Verdict verdict = check(request, seen);
        long began = System.nanoTime();
        try {
            while (mayAsk(request, verdict)) {
                Duration left = REFRESH_MAX.minusNanos(System.nanoTime() - began);
                if (left.isNegative() || !keys.refresh(seen, left)) {
                    break;
                }
                // Not the last word: the change may be an older one than the request's key.
                seen = keys.current();
                verdict = check(request, seen);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reports.verdict(verdict, observes);
        return verdict;
    }

    private Verdict check(Request request, KeySet keys) {
        // Signatures are dated in whole seconds, and so is the window.
        return check.check(request, keys, clock.instant().getEpochSecond());
    }

    private boolean mayAsk(Request request, Verdict verdict) {
        // A request that is signed in a scheme without keys may be signed with a new key.
        return verdict instanceof Verdict.Refused refused
                && NEW_KEYS_MAY_HELP.contains(refused.refusal())
                && check.isTold(request);
    }

    /** Whether a request carries a signature at all; without, its body need not be read. */
    public boolean isSigned(Request request) {
        return check.isTold(request);
    }

    /** The longest body that is read, in bytes. */
    public long bodyBytesMax() {
        return check.options().bodyBytesMax();
    }

    /** Whether refused requests go on to the application. */
    public boolean observes() {
        return observes;
    }

    /** Seconds since the key feed last answered, for a metric; empty without a feed. */
    public OptionalDouble keyAgeSeconds() {
        return keys.ageSeconds();
    }

    /** How many nonces are remembered, for a metric. */
    public int nonceCount() {
        return check.nonces().size();
    }

    /** Settings of a verifier; only the keys have no default. */
    public static final class Builder {
        private final KeySource keys;
        private String header = Options.HEADER;
        private boolean acceptUnsignedPayload = true;
        private long bodyBytesMax = Options.BODY_BYTES_MAX;
        private Duration window = Duration.ofSeconds(Options.WINDOW_SECONDS);
        private NonceMemory nonces;
        private boolean observes;
        private VerifierListener listener = VerifierListener.NONE;
        private Clock clock = Clock.systemUTC();

        private Builder(KeySource keys) {
            this.keys = Objects.requireNonNull(keys, "keys");
        }

        /** The header that carries Huawei's and basic signatures: `Authorization`. */
        public Builder header(String header) {
            this.header = Objects.requireNonNull(header, "header");
            return this;
        }

        /** Whether bodies may stay out of a signature, as the gateway leaves those that it cannot hold: yes. */
        public Builder acceptUnsignedPayload(boolean accept) {
            this.acceptUnsignedPayload = accept;
            return this;
        }

        /** The longest body that is read, in bytes: 10 MiB. Less than 2 GiB. */
        public Builder bodyBytesMax(long bytes) {
            if (bytes < 0 || bytes > Integer.MAX_VALUE - 16) {
                throw new IllegalArgumentException("a limit of the body that cannot be held");
            }
            this.bodyBytesMax = bytes;
            return this;
        }

        /** How far the date of a request may be from now, either way: 900 s. Whole seconds count. */
        public Builder window(Duration window) {
            if (window.isNegative()) {
                throw new IllegalArgumentException("a negative window");
            }
            this.window = window;
            return this;
        }

        /** The memory of nonces: a million of them, for twice the window. */
        public Builder nonces(NonceMemory nonces) {
            this.nonces = Objects.requireNonNull(nonces, "nonces");
            return this;
        }

        /** Observe mode: adapters refuse nothing, and tell what they would have done. Off. */
        public Builder observe(boolean observe) {
            this.observes = observe;
            return this;
        }

        /** What is told of each verdict. */
        public Builder listener(VerifierListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** The clock that dates are compared with. */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        public Verifier build() {
            return new Verifier(this);
        }
    }
}
