package dev.countersign.verifier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** huawei-hmac-sha256: what a gateway of Huawei Cloud's kind signs. */
final class Huawei {
    static final String ALGORITHM = "SDK-HMAC-SHA256";
    static final String UNSIGNED = "UNSIGNED-PAYLOAD";
    static final int NAMES_MAX = 100;

    private static final String DATE = "x-sdk-date";
    private static final String DIGEST = "x-sdk-content-sha256";
    private static final Pattern FIELDS =
            Pattern.compile(
                    "SDK-HMAC-SHA256\\s+Access=([^,]+),\\s?SignedHeaders=([^,]+),"
                            + "\\s?Signature=([A-Za-z0-9_]+)");
    private static final Comparator<Pair> BY_NAME_THEN_VALUE =
            Comparator.comparing(Pair::name).thenComparing(Pair::value);

    private Huawei() {}

    /** What a request says of itself. */
    private record Claim(String signKey, String listed, String signature, String date, long seconds) {
        String[] names() {
            return listed.split(";", -1);
        }
    }

    private record Pair(String name, String value) {}

    /** Whether a request carries this scheme in a header. */
    static boolean isTold(Request request, String header) {
        for (String value : request.values(header)) {
            if (Text.firstWord(value).equals(ALGORITHM)) {
                return true;
            }
        }
        return false;
    }

    static Key check(Request request, KeySet keys, long now, Options options)
            throws RefusedException {
        Claim claim = read(request, options.header());
        List<Key> candidates = keys.usable(claim.signKey, Scheme.HUAWEI);
        if (options.isOutsideWindow(claim.seconds, now)) {
            throw new RefusedException(Refusal.EXPIRED);
        }
        String payload = payload(request, options.acceptUnsignedPayload());
        List<byte[]> texts = stringsToSign(request, claim, payload);
        byte[] stated = Text.bytes(claim.signature);
        for (Key key : candidates) {
            for (byte[] text : texts) {
                String mac = HexFormat.of().formatHex(Digests.hmacSha256(key.secret(), text));
                if (Digests.equal(Text.bytes(mac), stated)) {
                    return key;
                }
            }
        }
        throw new RefusedException(Refusal.SIGNATURE_DIFFERS);
    }

    private static Claim read(Request request, String header) throws RefusedException {
        Matcher fields = FIELDS.matcher(request.textOrEmpty(header));
        if (!fields.matches()) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        String date = request.text(DATE);
        OptionalLong seconds = SdkDate.read(date);
        if (seconds.isEmpty()) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        Claim claim =
                new Claim(fields.group(1), fields.group(2), fields.group(3), date, seconds.getAsLong());
        checkNames(claim.names());
        request.text("host");
        request.text(DIGEST);
        boolean isMissing = false;
        for (String name : claim.names()) {
            isMissing |= !request.has(name);
            for (String value : request.values(name)) {
                Text.utf8(value);
            }
        }
        List<String> names = List.of(claim.names());
        if (isMissing || !names.contains("host") || !names.contains(DATE)) {
            throw new RefusedException(Refusal.SIGNED_HEADER_MISSING);
        }
        return claim;
    }

    /** Visible ASCII without upper case and colon, none twice. */
    private static void checkNames(String[] names) throws RefusedException {
        boolean fits = names.length <= NAMES_MAX && Set.copyOf(List.of(names)).size() == names.length;
        for (String name : names) {
            fits &= !name.isEmpty();
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                fits &= '!' <= c && c <= '~' && c != ':' && !('A' <= c && c <= 'Z');
            }
        }
        if (!fits) {
            throw new RefusedException(Refusal.MALFORMED);
        }
    }

    private static String payload(Request request, boolean acceptUnsigned) throws RefusedException {
        List<String> stated = request.values(DIGEST);
        if (acceptUnsigned && stated.contains(UNSIGNED)) {
            return UNSIGNED;
        }
        String digest = Digests.sha256Hex(request.body());
        if (stated.isEmpty()) {
            return digest;
        }
        if (!Text.asciiLower(stated.get(0)).equals(digest)) {
            throw new RefusedException(Refusal.BODY_DIGEST_DIFFERS);
        }
        return stated.get(0);
    }

    /** One, or two where a `+` in the query may be a space or itself. */
    private static List<byte[]> stringsToSign(Request request, Claim claim, String payload) {
        String before =
                Text.asciiUpper(request.method()) + "\n" + canonicalPath(request.path()) + "\n";
        StringBuilder after = new StringBuilder("\n");
        for (String name : claim.names()) {
            request.values(name).stream()
                    .sorted()
                    .forEach(value -> after.append(name).append(':').append(value).append('\n'));
        }
        after.append('\n').append(claim.listed).append('\n').append(payload);
        String query = request.query() == null ? "" : request.query();
        List<byte[]> texts = new ArrayList<>(2);
        String spaced = query.replace('+', ' ');
        texts.add(stringToSign(claim, before + canonicalQuery(spaced) + after));
        if (!spaced.equals(query)) {
            texts.add(stringToSign(claim, before + canonicalQuery(query) + after));
        }
        return texts;
    }

    private static byte[] stringToSign(Claim claim, String canonicalRequest) {
        String digest = Digests.sha256Hex(Text.bytes(canonicalRequest));
        return Text.bytes(ALGORITHM + "\n" + claim.date + "\n" + digest);
    }

    /** Decoded once, each segment encoded, with a slash at the end. */
    private static String canonicalPath(String raw) {
        StringBuilder out = new StringBuilder(raw.length() + 1);
        String[] segments = Escapes.decode(raw).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            out.append(i == 0 ? "" : "/");
            Escapes.encode(segments[i], out);
        }
        if (out.length() == 0 || out.charAt(out.length() - 1) != '/') {
            out.append('/');
        }
        return out.toString();
    }

    /** Decoded, sorted by name and value, encoded; a `+` is itself. */
    private static String canonicalQuery(String raw) {
        List<Pair> pairs = new ArrayList<>();
        for (String piece : raw.split("&")) {
            if (!piece.isEmpty()) {
                int equals = piece.indexOf('=');
                String name = equals < 0 ? piece : piece.substring(0, equals);
                String value = equals < 0 ? "" : piece.substring(equals + 1);
                pairs.add(new Pair(Escapes.decode(name), Escapes.decode(value)));
            }
        }
        pairs.sort(BY_NAME_THEN_VALUE);
        StringBuilder out = new StringBuilder(raw.length());
        for (Pair pair : pairs) {
            out.append(out.length() == 0 ? "" : "&");
            Escapes.encode(pair.name, out);
            out.append('=');
            Escapes.encode(pair.value, out);
        }
        return out.toString();
    }
}
