package dev.countersign.verifier;

/**
 * UTF-8 with U+FFFD for each longest piece that begins a character (the URL standard;
 * Unicode 15 section 3.9). Java's own decoder puts one for the three bytes of a surrogate.
 */
final class LossyUtf8 {
    private LossyUtf8() {}

    /** The text of bytes, given as Latin-1. */
    static String decode(String bytes) {
        if (Text.isAscii(bytes)) {
            return bytes;
        }
        StringBuilder out = new StringBuilder(bytes.length());
        int at = 0;
        while (at < bytes.length()) {
            int lead = bytes.charAt(at++);
            if (lead < 0x80) {
                out.append((char) lead);
                continue;
            }
            int more = lead < 0xC2 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
            // Of the second byte only some values go with some first ones (table 3-7).
            int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            int point = lead & 0x3F >> more;
            int left = more;
            while (left > 0 && at < bytes.length()) {
                int next = bytes.charAt(at);
                if (next < low || next > high) {
                    break;
                }
                point = point << 6 | next & 0x3F;
                low = 0x80;
                high = 0xBF;
                left--;
                at++;
            }
            out.appendCodePoint(more > 0 && left == 0 ? point : 0xFFFD);
        }
        return out.toString();
    }
}
