package dev.countersign.verifier;

import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Objects;

/** One key. Its secret is in no text that it prints. */
public final class Key {
    private final Scheme scheme;
    private final String signKey;
    private final byte[] secret;
    private final PublicHalf publicHalf;
    private final String name;
    private final long version;
    private final KeyState state;

    private Key(
            Scheme scheme,
            String signKey,
            byte[] secret,
            PublicHalf publicHalf,
            String name,
            long version,
            KeyState state) {
        this.scheme = Objects.requireNonNull(scheme, "scheme");
        this.signKey = Objects.requireNonNull(signKey, "signKey");
        this.secret = secret;
        this.publicHalf = publicHalf;
        this.name = Objects.requireNonNull(name, "name");
        this.version = version;
        this.state = Objects.requireNonNull(state, "state");
        if (state == KeyState.RETIRED) {
            return;
        }
        if (scheme == Scheme.RFC9421_KEY_PAIR && publicHalf == null) {
            throw new IllegalArgumentException("a key pair without public_key");
        }
        if (scheme != Scheme.RFC9421_KEY_PAIR && (secret == null || secret.length == 0)) {
            throw new IllegalArgumentException("a key without secret");
        }
    }

    /**
     * An active key with a shared secret.
     *
     * @throws IllegalArgumentException for a scheme without secrets
     */
    public static Key shared(Scheme scheme, String signKey, String secret) {
        return record(scheme, signKey, secret, null, "", 0, KeyState.ACTIVE);
    }

    /**
     * An active key pair.
     *
     * @param publicKey Base64 of a SubjectPublicKeyInfo: Ed25519, P-256 or RSA
     * @throws IllegalArgumentException if it is none
     */
    public static Key pair(String signKey, String publicKey) {
        return record(Scheme.RFC9421_KEY_PAIR, signKey, null, publicKey, "", 0, KeyState.ACTIVE);
    }

    /** A key that was replaced, to refuse what it signed by its name. */
    public static Key retired(Scheme scheme, String signKey) {
        return record(scheme, signKey, null, null, "", 0, KeyState.RETIRED);
    }

    /** A key of a file or of the feed; null for a secret or public key that is not there. */
    static Key record(
            Scheme scheme,
            String signKey,
            String secret,
            String publicKey,
            String name,
            long version,
            KeyState state) {
        PublicHalf publicHalf = publicKey == null ? null : new PublicHalf(publicKey);
        return new Key(scheme, signKey, secretBytes(secret), publicHalf, name, version, state);
    }

    private static byte[] secretBytes(String secret) {
        try {
            return secret == null ? null : Text.strictUtf8(secret);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("secret is no text");
        }
    }

    /** The same key with the name and the version that the gateway knows it by. */
    public Key named(String name, long version) {
        return new Key(scheme, signKey, secret, publicHalf, name, version, state);
    }

    /** The same key in another state. */
    public Key in(KeyState state) {
        return new Key(scheme, signKey, secret, publicHalf, name, version, state);
    }

    public Scheme scheme() {
        return scheme;
    }

    /** The public half of the name, which requests carry. */
    public String signKey() {
        return signKey;
    }

    public String name() {
        return name;
    }

    public long version() {
        return version;
    }

    public KeyState state() {
        return state;
    }

    /** What requests call it: the sign key, or the thumbprint of a public key. */
    public String keyId() {
        return publicHalf == null ? signKey : publicHalf.thumbprint();
    }

    byte[] secret() {
        return secret;
    }

    /** The algorithm's name in RFC 9421. */
    String algorithm() {
        return publicHalf == null ? "hmac-sha256" : publicHalf.algorithm();
    }

    /** Whether a signature is one of a base of RFC 9421. */
    boolean signed(byte[] base, byte[] signature) {
        return publicHalf == null
                ? Digests.equal(Digests.hmacSha256(secret, base), signature)
                : publicHalf.signed(base, signature);
    }

    /** Whether it is the same key, whatever the state. */
    boolean isSameAs(Key other) {
        return scheme == other.scheme
                && signKey.equals(other.signKey)
                && keyId().equals(other.keyId())
                && Arrays.equals(secret, other.secret);
    }

    @Override
    public String toString() {
        return "Key[" + scheme + ", " + signKey + ", name=" + name + ", version=" + version
                + ", state=" + state.wireName() + "]";
    }
}
