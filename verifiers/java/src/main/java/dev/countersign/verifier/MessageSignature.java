package dev.countersign.verifier;

import dev.countersign.verifier.StructuredField.BadFieldException;
import dev.countersign.verifier.StructuredField.Bytes;
import dev.countersign.verifier.StructuredField.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** HTTP message signatures (RFC 9421), as the gateway makes them: label `countersign`. */
final class MessageSignature {
    private static final String DIGEST = "content-digest";

    private MessageSignature() {}

    static Key check(Request request, KeySet keys, long now, Options options, NonceMemory nonces)
            throws RefusedException {
        SignatureClaim claim = SignatureClaim.read(request);
        List<Key> candidates;
        try {
            candidates = keys.usable(claim.keyId(), Scheme.RFC9421_HMAC, Scheme.RFC9421_KEY_PAIR);
        } catch (RefusedException e) {
            checkCoverage(request, claim, options);
            throw e;
        }
        if (claim.algorithm() != null) {
            candidates =
                    candidates.stream()
                            .filter(key -> key.algorithm().equals(claim.algorithm()))
                            .toList();
            if (candidates.isEmpty()) {
                throw new RefusedException(Refusal.MALFORMED);
            }
        }
        checkCoverage(request, claim, options);
        if (options.isOutsideWindow(claim.created(), now)
                || claim.expires() != null && claim.expires() < now) {
            throw new RefusedException(Refusal.EXPIRED);
        }
        if (claim.names().contains(DIGEST) && !digestFits(request)) {
            throw new RefusedException(Refusal.BODY_DIGEST_DIFFERS);
        }
        for (byte[] base : bases(request, claim)) {
            for (Key key : candidates) {
                if (key.signed(base, claim.signature())) {
                    if (!nonces.record(claim.keyId(), claim.nonce(), now)) {
                        throw new RefusedException(Refusal.REPLAYED);
                    }
                    return key;
                }
            }
        }
        throw new RefusedException(Refusal.SIGNATURE_DIFFERS);
    }

    private static void checkCoverage(Request request, SignatureClaim claim, Options options)
            throws RefusedException {
        Set<String> names = claim.names();
        boolean fits =
                names.contains("@method")
                        && names.contains("@authority")
                        && names.contains("@path")
                        && (names.contains("@query") || request.query() == null)
                        && (names.contains(DIGEST)
                                || options.acceptUnsignedPayload()
                                || request.body().length == 0)
                        && request.has("host");
        for (String name : names) {
            fits &= name.startsWith("@") || request.has(name);
        }
        if (!fits) {
            throw new RefusedException(Refusal.SIGNED_HEADER_MISSING);
        }
    }

    private static boolean digestFits(Request request) {
        try {
            return SignatureClaim.dictionary(request, DIGEST).get("sha-256") instanceof Item item
                    && item.value() instanceof Bytes stated
                    && Digests.equal(stated.value(), Digests.sha256(request.body()));
        } catch (BadFieldException e) {
            return false;
        }
    }

    /** The signature base, once for each authority that the signer may have written. */
    private static List<byte[]> bases(Request request, SignatureClaim claim) {
        List<byte[]> bases = new ArrayList<>(2);
        for (String authority : authorities(request)) {
            StringBuilder base = new StringBuilder(256);
            for (String name : claim.names()) {
                base.append('"').append(name).append("\": ");
                base.append(component(request, name, authority)).append('\n');
            }
            base.append("\"@signature-params\": ").append(claim.params());
            bases.add(Text.bytes(base.toString()));
        }
        return bases;
    }

    private static String component(Request request, String name, String authority) {
        return switch (name) {
            case "@method" -> request.method();
            case "@authority" -> authority;
            case "@path" -> request.path().isEmpty() ? "/" : request.path();
            case "@query" -> "?" + (request.query() == null ? "" : request.query());
            default -> SignatureClaim.joined(request.values(name));
        };
    }

    /** A backend does not know whether TLS ended before it, so a default port may be left out. */
    private static List<String> authorities(Request request) {
        String host = Text.asciiLower(request.values("host").get(0));
        for (String port : List.of(":80", ":443")) {
            if (host.endsWith(port)) {
                return List.of(host.substring(0, host.length() - port.length()), host);
            }
        }
        return List.of(host);
    }
}
