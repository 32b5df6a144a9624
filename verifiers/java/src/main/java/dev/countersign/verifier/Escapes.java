package dev.countersign.verifier;

/** Percent-encoding, of bytes and not of characters (Latin-1 text, see {@link Text}). */
final class Escapes {
    private static final char[] DIGITS = "0123456789ABCDEF".toCharArray();

    private Escapes() {}

    /** Decodes `%` with two hex digits; any other `%` stands for itself. */
    static String decode(String raw) {
        int first = raw.indexOf('%');
        if (first < 0) {
            return raw;
        }
        StringBuilder out = new StringBuilder(raw.length()).append(raw, 0, first);
        for (int i = first; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%' && i + 2 < raw.length()) {
                int high = digit(raw.charAt(i + 1));
                int low = digit(raw.charAt(i + 2));
                if (high >= 0 && low >= 0) {
                    out.append((char) (high << 4 | low));
                    i += 2;
                    continue;
                }
            }
            out.append(c);
        }
        return out.toString();
    }

    /** Appends with every byte escaped but `A-Z a-z 0-9 - _ . ~`. */
    static void encode(String raw, StringBuilder out) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (isUnreserved(c)) {
                out.append(c);
            } else {
                out.append('%').append(DIGITS[c >> 4 & 15]).append(DIGITS[c & 15]);
            }
        }
    }

    private static boolean isUnreserved(char c) {
        return 'a' <= c && c <= 'z'
                || 'A' <= c && c <= 'Z'
                || '0' <= c && c <= '9'
                || c == '-'
                || c == '_'
                || c == '.'
                || c == '~';
    }

    // Character.digit knows digits beyond ASCII too.
    private static int digit(char c) {
        if ('0' <= c && c <= '9') {
            return c - '0';
        }
        if ('a' <= c && c <= 'f') {
            return c - 'a' + 10;
        }
        if ('A' <= c && c <= 'F') {
            return c - 'A' + 10;
        }
        return -1;
    }
}
