package dev.countersign.verifier;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON (RFC 8259): the little that key files and the feed need. */
final class Json {
    private static final int DEPTH_MAX = 32;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /**
     * The value of a text: a Map, List, String, Long, Double, Boolean or null. Of a name
     * twice the last counts.
     *
     * @throws IllegalArgumentException if it is no JSON; nothing of the text is in it
     */
    static Object read(String text) {
        Json json = new Json(text);
        Object value = json.value(0);
        json.skipBlanks();
        if (json.at < text.length()) {
            throw json.bad();
        }
        return value;
    }

    private Object value(int depth) {
        if (depth > DEPTH_MAX) {
            throw bad();
        }
        skipBlanks();
        switch (peek()) {
            case '{':
                return object(depth);
            case '[':
                return list(depth);
            case '"':
                return string();
            case 't':
                return word("true", true);
            case 'f':
                return word("false", false);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        want('{');
        skipBlanks();
        if (take('}')) {
            return object;
        }
        do {
            skipBlanks();
            String name = string();
            skipBlanks();
            want(':');
            object.put(name, value(depth + 1));
            skipBlanks();
        } while (take(','));
        want('}');
        return object;
    }

    private List<Object> list(int depth) {
        List<Object> list = new ArrayList<>();
        want('[');
        skipBlanks();
        if (take(']')) {
            return list;
        }
        do {
            list.add(value(depth + 1));
            skipBlanks();
        } while (take(','));
        want(']');
        return list;
    }

    private String string() {
        want('"');
        StringBuilder out = new StringBuilder();
        while (!take('"')) {
            char c = next();
            if (c < ' ') {
                throw bad();
            }
            out.append(c == '\\' ? escape() : c);
        }
        return out.toString();
    }

    private char escape() {
        char c = next();
        switch (c) {
            case '"', '\\', '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                int unit = 0;
                for (int i = 0; i < 4; i++) {
                    char digit = next();
                    int value = digit < 0x80 ? Character.digit(digit, 16) : -1;
                    if (value < 0) {
                        throw bad();
                    }
                    unit = unit << 4 | value;
                }
                return (char) unit;
            default:
                throw bad();
        }
    }

    private Object number() {
        int start = at;
        take('-');
        int whole = at;
        int digits = digits();
        boolean isWhole = true;
        if (digits == 0 || digits > 1 && text.charAt(whole) == '0') {
            throw bad();
        }
        if (take('.')) {
            isWhole = false;
            if (digits() == 0) {
                throw bad();
            }
        }
        if (take('e') || take('E')) {
            isWhole = false;
            if (!take('+')) {
                take('-');
            }
            if (digits() == 0) {
                throw bad();
            }
        }
        String number = text.substring(start, at);
        try {
            return isWhole ? (Object) Long.valueOf(number) : (Object) Double.valueOf(number);
        } catch (NumberFormatException e) {
            throw bad();
        }
    }

    private int digits() {
        int start = at;
        while ('0' <= peek() && peek() <= '9') {
            at++;
        }
        return at - start;
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw bad();
        }
        at += word.length();
        return value;
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
            at++;
        }
    }

    /** NUL, which nothing begins with, at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private char next() {
        if (at == text.length()) {
            throw bad();
        }
        return text.charAt(at++);
    }

    private boolean take(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void want(char c) {
        if (!take(c)) {
            throw bad();
        }
    }

    private IllegalArgumentException bad() {
        return new IllegalArgumentException("no JSON at character " + at);
    }
}
