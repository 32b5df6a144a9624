package dev.countersign.verifier;

import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** alibaba-hmac-sha256: what a gateway of Alibaba Cloud's kind signs. */
final class Alibaba {
    static final int NAMES_MAX = 100;

    private static final String SIGNATURE = "x-ca-proxy-signature";
    private static final String SECRET_KEY = "x-ca-proxy-signature-secret-key";
    private static final String SIGNED_HEADERS = "x-ca-proxy-signature-headers";
    private static final String FORM = "application/x-www-form-urlencoded";

    private Alibaba() {}

    /** Whether a request carries this scheme. */
    static boolean isTold(Request request) {
        return request.has(SIGNATURE);
    }

    static Key check(Request request, KeySet keys) throws RefusedException {
        String signature = request.textOrEmpty(SIGNATURE);
        String signKey = request.text(SECRET_KEY);
        String[] names = names(request.textOrEmpty(SIGNED_HEADERS));
        String lines = headerLines(request, names);
        if (signKey == null) {
            throw new RefusedException(Refusal.SIGNED_HEADER_MISSING);
        }
        List<Key> candidates = keys.usable(signKey, Scheme.ALIBABA);
        if (request.has("content-md5")) {
            String digest = Digests.md5Base64(request.body());
            if (!request.values("content-md5").stream().allMatch(digest::equals)) {
                throw new RefusedException(Refusal.BODY_DIGEST_DIFFERS);
            }
        }
        byte[] text = Text.bytes(stringToSign(request, lines));
        byte[] stated = Text.bytes(Text.utf8Bytes(signature));
        for (Key key : candidates) {
            byte[] mac = Base64.getEncoder().encode(Digests.hmacSha256(key.secret(), text));
            if (Digests.equal(mac, stated)) {
                return key;
            }
        }
        throw new RefusedException(Refusal.SIGNATURE_DIFFERS);
    }

    private static String stringToSign(Request request, String headerLines) {
        String method = Text.asciiUpper(request.method());
        boolean isForm = isForm(request);
        boolean isDigested =
                request.body().length > 0
                        && !isForm
                        && (method.equals("POST") || method.equals("PUT"));
        StringBuilder out = new StringBuilder(256);
        out.append(method).append('\n');
        out.append(isDigested ? Digests.md5Base64(request.body()) : "").append('\n');
        out.append(headerLines).append(request.path());
        // Strings compare by UTF-16 code unit, which is the order wanted.
        Map<String, String> params = new TreeMap<>();
        addParams(request.query(), params);
        if (isForm) {
            addParams(Text.latin1(request.body()), params);
        }
        char before = '?';
        for (Map.Entry<String, String> param : params.entrySet()) {
            out.append(before).append(Text.utf8Bytes(param.getKey()));
            out.append('=').append(Text.utf8Bytes(param.getValue()));
            before = '&';
        }
        return out.toString();
    }

    /** The names as listed, in the order of the string to sign. */
    private static String[] names(String listed) throws RefusedException {
        if (listed.isEmpty()) {
            return new String[0];
        }
        String[] names = listed.split(",", NAMES_MAX + 1);
        if (names.length > NAMES_MAX) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        Set<String> seen = new HashSet<>(Set.of("", SIGNATURE, SIGNED_HEADERS));
        for (String name : names) {
            if (!seen.add(Text.asciiLower(name))) {
                throw new RefusedException(Refusal.MALFORMED);
            }
        }
        Arrays.sort(names);
        return names;
    }

    private static String headerLines(Request request, String[] names) throws RefusedException {
        StringBuilder lines = new StringBuilder();
        boolean isListed = false;
        boolean isMissing = false;
        for (String name : names) {
            String lower = Text.utf8Bytes(Text.asciiLower(name));
            isListed |= lower.equals(SECRET_KEY);
            List<String> values = request.values(lower);
            if (values.isEmpty()) {
                isMissing = true;
                continue;
            }
            // Once, and in UTF-8; the bytes are signed as they came.
            request.text(lower);
            lines.append(lower).append(':').append(values.get(0)).append('\n');
        }
        if (isMissing || !isListed) {
            throw new RefusedException(Refusal.SIGNED_HEADER_MISSING);
        }
        return lines.toString();
    }

    private static boolean isForm(Request request) {
        List<String> types = request.values("content-type");
        if (types.isEmpty()) {
            return false;
        }
        int end = types.get(0).indexOf(';');
        String type = end < 0 ? types.get(0) : types.get(0).substring(0, end);
        return Text.asciiLower(Text.trimBlanks(type)).equals(FORM);
    }

    /** Adds what is in a query or a form; the first value of a name counts. */
    private static void addParams(String raw, Map<String, String> params) {
        int end;
        for (int at = 0; raw != null && at < raw.length(); at = end + 1) {
            end = raw.indexOf('&', at);
            end = end < 0 ? raw.length() : end;
            String piece = raw.substring(at, end);
            int equals = piece.indexOf('=');
            String name = decode(equals < 0 ? piece : piece.substring(0, equals));
            if (!name.isEmpty()) {
                params.putIfAbsent(name, equals < 0 ? "" : decode(piece.substring(equals + 1)));
            }
        }
    }

    private static String decode(String raw) {
        return LossyUtf8.decode(Escapes.decode(raw.replace('+', ' ')));
    }
}
