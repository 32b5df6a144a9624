package dev.countersign.verifier;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** A listener that counts. Safe to share between threads. */
public final class Counters implements VerifierListener {
    private final LongAdder verified = new LongAdder();
    private final Map<Refusal, LongAdder> refused = adders();
    private final Map<Refusal, LongAdder> observed = adders();
    private final LongAdder feedFailures = new LongAdder();
    private final LongAdder keyChanges = new LongAdder();
    private final LongAdder keysUnusable = new LongAdder();

    private static Map<Refusal, LongAdder> adders() {
        Map<Refusal, LongAdder> adders = new EnumMap<>(Refusal.class);
        for (Refusal refusal : Refusal.values()) {
            adders.put(refusal, new LongAdder());
        }
        return adders;
    }

    @Override
    public void verified(Verdict.Verified verdict) {
        verified.increment();
    }

    @Override
    public void refused(Refusal refusal, boolean observed) {
        (observed ? this.observed : refused).get(refusal).increment();
    }

    @Override
    public void feedFailed(String why) {
        feedFailures.increment();
    }

    @Override
    public void keysChanged(int count) {
        keyChanges.increment();
    }

    @Override
    public void keyUnusable(String why) {
        keysUnusable.increment();
    }

    /** Requests verified. */
    public long verified() {
        return verified.sum();
    }

    /** Requests refused for a reason. */
    public long refused(Refusal refusal) {
        return refused.get(refusal).sum();
    }

    /** Requests that were let pass in observe mode and would have been refused. */
    public long observed(Refusal refusal) {
        return observed.get(refusal).sum();
    }

    /** Questions that the key feed did not answer well. */
    public long feedFailures() {
        return feedFailures.sum();
    }

    /** How often the key feed told other keys. */
    public long keyChanges() {
        return keyChanges.sum();
    }

    /** Entries of the key feed that could not be read. */
    public long keysUnusable() {
        return keysUnusable.sum();
    }
}
