package dev.countersign.verifier;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the key feed tells, and what in it could not be used. */
record FeedDocument(long revision, double graceSeconds, List<Key> keys, List<String> problems) {
    // Beyond what any gateway is set to, and far from what nanoseconds can count.
    private static final double GRACE_SECONDS_MAX = 366 * 24 * 3600;

    /** Keys of a kind that this version does not know are left out and told of. */
    static FeedDocument read(byte[] body) throws FeedException {
        Map<?, ?> object;
        List<?> records;
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            Object document = Json.read(text);
            records = KeyRecord.list(document);
            object = (Map<?, ?>) document;
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new FeedException("the feed's answer has no list of keys");
        }
        Object revision = object.get("revision");
        Object grace = object.get("grace_seconds");
        if (!(revision instanceof Long)
                || !(grace instanceof Number seconds)
                || !(seconds.doubleValue() >= 0 && seconds.doubleValue() <= GRACE_SECONDS_MAX)) {
            throw new FeedException("the feed's answer has no revision or no time of grace");
        }
        List<Key> keys = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            try {
                keys.add(KeyRecord.key(records.get(i)));
            } catch (IllegalArgumentException e) {
                problems.add("key " + i + ": " + e.getMessage());
            }
        }
        return new FeedDocument((Long) revision, seconds.doubleValue(), keys, problems);
    }
}
