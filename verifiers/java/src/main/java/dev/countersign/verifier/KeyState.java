package dev.countersign.verifier;

import java.util.Locale;

/** Where a key is in its life. */
public enum KeyState {
    /** The gateway signs with it. */
    ACTIVE,
    /** The gateway is about to change to it; accepted as well. */
    NEXT,
    /** Replaced; known by its name only. */
    RETIRED;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The name in key files and in the feed. */
    public String wireName() {
        return wireName;
    }

    /**
     * The state of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static KeyState of(String wireName) {
        for (KeyState state : values()) {
            if (state.wireName.equals(wireName)) {
                return state;
            }
        }
        throw new IllegalArgumentException("a state that is not known");
    }
}
