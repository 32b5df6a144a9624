package dev.countersign.verifier;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of one moment. Never changes and may be shared. */
public final class KeySet implements KeySource {
    private final List<Key> keys;
    private final Set<Scheme> schemes = EnumSet.noneOf(Scheme.class);
    private final Map<Place, List<Key>> byPlace = new HashMap<>();

    private record Place(Scheme scheme, String keyId) {}

    private KeySet(Collection<Key> keys) {
        this.keys = List.copyOf(keys);
        for (Key key : this.keys) {
            schemes.add(key.scheme());
            byPlace.computeIfAbsent(new Place(key.scheme(), key.keyId()), k -> new ArrayList<>(1))
                    .add(key);
        }
    }

    public static KeySet of(Key... keys) {
        return new KeySet(List.of(keys));
    }

    public static KeySet of(Collection<Key> keys) {
        return new KeySet(keys);
    }

    /**
     * Reads a file of `{"keys":[...]}`.
     *
     * @throws IllegalArgumentException if it is another file, or one key in it is none
     */
    public static KeySet fromFile(Path file) throws IOException {
        return fromJson(Files.readString(file, StandardCharsets.UTF_8));
    }

    /**
     * Reads `{"keys":[...]}`.
     *
     * @throws IllegalArgumentException if it is another text, or one key in it is none
     */
    public static KeySet fromJson(String text) {
        List<Key> keys = new ArrayList<>();
        for (Object record : KeyRecord.list(Json.read(text))) {
            keys.add(KeyRecord.key(record));
        }
        return new KeySet(keys);
    }

    @Override
    public KeySet current() {
        return this;
    }

    /** All of them, retired ones included. */
    public List<Key> keys() {
        return keys;
    }

    /** Whether there are keys of a scheme, retired ones included. */
    boolean has(Scheme scheme) {
        return schemes.contains(scheme);
    }

    /** The keys to try for an id; refused if there are none. A sign key is retired if all its keys are. */
    List<Key> usable(String keyId, Scheme... schemes) throws RefusedException {
        List<Key> found = new ArrayList<>(1);
        Refusal refusal = Refusal.UNKNOWN_SIGN_KEY;
        for (Scheme scheme : schemes) {
            for (Key key : byPlace.getOrDefault(new Place(scheme, keyId), List.of())) {
                if (key.state() == KeyState.RETIRED) {
                    refusal = Refusal.RETIRED_SIGN_KEY;
                } else {
                    found.add(key);
                }
            }
        }
        if (found.isEmpty()) {
            throw new RefusedException(refusal);
        }
        return found;
    }

    @Override
    public String toString() {
        return "KeySet" + keys;
    }
}
