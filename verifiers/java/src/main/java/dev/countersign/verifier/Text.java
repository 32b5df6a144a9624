package dev.countersign.verifier;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Text of requests. Inside this package it is Latin-1, one character for each byte as
 * received, unless a name says UTF-8; so nothing is lost and strings stay compact.
 */
final class Text {
    private Text() {}

    static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Latin-1 as it stands; what a server has decoded to more than that becomes UTF-8 again. */
    static String received(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xFF) {
                return utf8Bytes(text);
            }
        }
        return text;
    }

    /** The bytes of a text in UTF-8. */
    static String utf8Bytes(String text) {
        return isAscii(text) ? text : latin1(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes read as UTF-8; `malformed` if they are not. */
    static String utf8(String latin1) throws RefusedException {
        if (isAscii(latin1)) {
            return latin1;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(latin1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RefusedException(Refusal.MALFORMED);
        }
    }

    /** In UTF-8; a text with half a surrogate pair has none. */
    static byte[] strictUtf8(String text) throws CharacterCodingException {
        ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7F) {
                return false;
            }
        }
        return true;
    }

    /** In lower case as far as names of headers have cases: in ASCII. */
    static String asciiLower(String text) {
        return shifted(text, 'A', 'Z', 'a' - 'A');
    }

    static String asciiUpper(String text) {
        return shifted(text, 'a', 'z', 'A' - 'a');
    }

    private static String shifted(String text, char from, char to, int by) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (from <= c && c <= to) {
                char[] out = text.toCharArray();
                for (; i < out.length; i++) {
                    if (from <= out[i] && out[i] <= to) {
                        out[i] += (char) by;
                    }
                }
                return new String(out);
            }
        }
        return text;
    }

    /** Without blanks and tabs at either end. */
    static String trimBlanks(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (start < end && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /** What stands before the first blank or tab. */
    static String firstWord(String text) {
        int end = 0;
        while (end < text.length() && !isBlank(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
