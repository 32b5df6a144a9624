package dev.countersign.verifier;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** basic: RFC 7617 with the sign key as user and the secret as password. */
final class Basic {
    private Basic() {}

    /** Whether a request carries this scheme in a header. */
    static boolean isTold(Request request, String header) {
        for (String value : request.values(header)) {
            if (Text.asciiLower(Text.firstWord(value)).equals("basic")) {
                return true;
            }
        }
        return false;
    }

    static Key check(Request request, KeySet keys, Options options) throws RefusedException {
        String value = request.textOrEmpty(options.header());
        String credentials = Text.trimBlanks(value.substring("basic".length()));
        String pair = Text.utf8(decode(credentials));
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        byte[] secret = pair.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
        for (Key key : keys.usable(pair.substring(0, colon), Scheme.BASIC)) {
            if (Digests.equal(key.secret(), secret)) {
                return key;
            }
        }
        throw new RefusedException(Refusal.SIGNATURE_DIFFERS);
    }

    /** Reads only what an encoder writes. */
    private static String decode(String credentials) throws RefusedException {
        try {
            byte[] pair = Base64.getDecoder().decode(credentials);
            // The decoder overlooks missing padding and loose bits.
            if (Base64.getEncoder().encodeToString(pair).equals(credentials)) {
                return Text.latin1(pair);
            }
        } catch (IllegalArgumentException e) {
            // Refused below.
        }
        throw new RefusedException(Refusal.MALFORMED);
    }
}
