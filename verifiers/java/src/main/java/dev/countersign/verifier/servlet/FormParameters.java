package dev.countersign.verifier.servlet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a form, as a container would have if the body were still there. */
final class FormParameters {
    private FormParameters() {}

    static List<Map.Entry<String, String>> read(byte[] body, Charset charset) {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        for (String piece : new String(body, StandardCharsets.ISO_8859_1).split("&")) {
            if (!piece.isEmpty()) {
                int equals = piece.indexOf('=');
                String name = equals < 0 ? piece : piece.substring(0, equals);
                String value = equals < 0 ? "" : piece.substring(equals + 1);
                pairs.add(Map.entry(decode(name, charset), decode(value, charset)));
            }
        }
        return pairs;
    }

    private static String decode(String raw, Charset charset) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            int high = c == '%' && i + 2 < raw.length() ? digit(raw.charAt(i + 1)) : -1;
            int low = high >= 0 ? digit(raw.charAt(i + 2)) : -1;
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(c == '+' ? ' ' : c);
            }
        }
        return out.toString(charset);
    }

    private static int digit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
