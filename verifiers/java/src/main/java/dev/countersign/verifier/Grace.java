package dev.countersign.verifier;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys of the feed's last document, and for the time of grace those that were active
 * before it. Not safe to share between threads. Moments are those of a monotonic clock, in
 * nanoseconds.
 */
final class Grace {
    private FeedDocument document;
    private List<Leaving> leaving = List.of();
    private KeySet keys = KeySet.of();

    private record Leaving(Key key, long until) {
        boolean isLeft(long now) {
            return until - now > 0;
        }
    }

    /** The last document, or null. */
    FeedDocument document() {
        return document;
    }

    void replace(FeedDocument next, long now) {
        List<Leaving> before = new ArrayList<>(leaving);
        if (document != null) {
            long until = now + (long) (next.graceSeconds() * 1e9);
            for (Key key : document.keys()) {
                if (key.state() == KeyState.ACTIVE) {
                    before.add(new Leaving(key, until));
                }
            }
        }
        List<Leaving> after = new ArrayList<>();
        for (Leaving old : before) {
            boolean isUsable =
                    next.keys().stream()
                            .anyMatch(k -> k.state() != KeyState.RETIRED && k.isSameAs(old.key));
            boolean isKnown = after.stream().anyMatch(other -> other.key.isSameAs(old.key));
            if (old.isLeft(now) && !isUsable && !isKnown) {
                after.add(old);
            }
        }
        document = next;
        leaving = after;
        build();
    }

    /** The keys at a moment; the same object as long as they are the same. */
    KeySet keys(long now) {
        if (!leaving.stream().allMatch(old -> old.isLeft(now))) {
            leaving = leaving.stream().filter(old -> old.isLeft(now)).toList();
            build();
        }
        return keys;
    }

    private void build() {
        List<Key> all = new ArrayList<>(document.keys());
        leaving.forEach(old -> all.add(old.key));
        keys = KeySet.of(all);
    }
}
