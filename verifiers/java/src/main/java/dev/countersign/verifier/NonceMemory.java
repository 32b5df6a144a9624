package dev.countersign.verifier;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bounded memory of nonces already spent. Safe to share between threads; each process
 * has its own.
 *
 * <p>Pairs of key id and nonce are kept as SHA-256 digests, so memory is bounded however
 * long a nonce is: about 150 bytes each. A full memory takes no more, since to forget a
 * pair would allow a replay.
 */
public final class NonceMemory {
    /** How many nonces are remembered if nothing else is said. */
    public static final int CAPACITY = 1_000_000;

    private final long keepSeconds;
    private final int capacity;
    private final Map<Pair, Long> oldestFirst = new LinkedHashMap<>();

    private record Pair(long a, long b, long c, long d) {}

    /**
     * Remembers nothing yet.
     *
     * @param keepSeconds twice the window of the clocks, for a request may be dated that
     *     far ahead
     */
    public NonceMemory(long keepSeconds, int capacity) {
        if (keepSeconds < 0 || capacity < 0) {
            throw new IllegalArgumentException("a negative limit");
        }
        this.keepSeconds = keepSeconds;
        this.capacity = capacity;
    }

    /**
     * Records a pair; false if it is remembered already or there is no room. Only for a
     * request whose signature fits, or strangers could fill the memory.
     *
     * @param now seconds since 1970
     */
    public synchronized boolean record(String keyId, String nonce, long now) {
        forgetExpired(now);
        Pair pair = digest(keyId, nonce);
        Long at = oldestFirst.get(pair);
        if (at != null) {
            if (!isExpired(at, now)) {
                return false;
            }
            oldestFirst.remove(pair);
        }
        if (oldestFirst.size() >= capacity) {
            return false;
        }
        oldestFirst.put(pair, now);
        return true;
    }

    /** How many pairs are held, expired ones not yet dropped included. */
    public synchronized int size() {
        return oldestFirst.size();
    }

    private void forgetExpired(long now) {
        // Behind a clock that was set back a younger pair may hide an older one; that one
        // is then kept longer, never shorter.
        Iterator<Long> recorded = oldestFirst.values().iterator();
        while (recorded.hasNext() && isExpired(recorded.next(), now)) {
            recorded.remove();
        }
    }

    private boolean isExpired(long at, long now) {
        return now - at > keepSeconds;
    }

    private static Pair digest(String keyId, String nonce) {
        byte[] first = keyId.getBytes(StandardCharsets.UTF_8);
        byte[] second = nonce.getBytes(StandardCharsets.UTF_8);
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        ByteBuffer both = ByteBuffer.allocate(4 + first.length + second.length);
        both.putInt(first.length).put(first).put(second);
        ByteBuffer digest = ByteBuffer.wrap(Digests.sha256(both.array()));
        return new Pair(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    }
}
