package dev.countersign.verifier;

/** How a gateway signs. */
public enum Scheme {
    ALIBABA("alibaba-hmac-sha256"),
    HUAWEI("huawei-hmac-sha256"),
    BASIC("basic"),
    RFC9421_HMAC("rfc9421-hmac-sha256"),
    RFC9421_KEY_PAIR("rfc9421-key-pair");

    private final String wireName;

    Scheme(String wireName) {
        this.wireName = wireName;
    }

    /** The name in key files, in the feed and in metrics. */
    public String wireName() {
        return wireName;
    }

    /**
     * The scheme of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Scheme of(String wireName) {
        for (Scheme scheme : values()) {
            if (scheme.wireName.equals(wireName)) {
                return scheme;
            }
        }
        throw new IllegalArgumentException("a scheme that is not known");
    }

    @Override
    public String toString() {
        return wireName;
    }
}
