package dev.countersign.verifier;

import java.util.List;
import java.util.Map;

/** Keys as they stand in files and in the feed. */
final class KeyRecord {
    private KeyRecord() {}

    /** The list of `{"keys":[...]}`. */
    static List<?> list(Object document) {
        if (document instanceof Map<?, ?> object && object.get("keys") instanceof List<?> keys) {
            return keys;
        }
        throw new IllegalArgumentException("not an object with a list of keys");
    }

    /** The error says what is wrong, without a secret. */
    static Key key(Object record) {
        if (!(record instanceof Map<?, ?> object)) {
            throw new IllegalArgumentException("a key that is no object");
        }
        String signKey = text(object, "sign_key");
        if (signKey == null) {
            throw new IllegalArgumentException("a key without sign_key");
        }
        String scheme = text(object, "scheme");
        String name = text(object, "name");
        String state = text(object, "state");
        Object version = object.get("version");
        if (version != null && !(version instanceof Long)) {
            throw new IllegalArgumentException("version is no whole number");
        }
        return Key.record(
                Scheme.of(scheme),
                signKey,
                text(object, "secret"),
                text(object, "public_key"),
                name == null ? "" : name,
                version instanceof Long number ? number : 0,
                state == null ? KeyState.ACTIVE : KeyState.of(state));
    }

    private static String text(Map<?, ?> object, String member) {
        Object value = object.get(member);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException(member + " is no text");
        }
        return (String) value;
    }
}
