package dev.countersign.verifier;

import dev.countersign.verifier.StructuredField.BadFieldException;
import dev.countersign.verifier.StructuredField.Bare;
import dev.countersign.verifier.StructuredField.Bool;
import dev.countersign.verifier.StructuredField.Bytes;
import dev.countersign.verifier.StructuredField.Decimal;
import dev.countersign.verifier.StructuredField.InnerList;
import dev.countersign.verifier.StructuredField.Int;
import dev.countersign.verifier.StructuredField.Item;
import dev.countersign.verifier.StructuredField.Member;
import dev.countersign.verifier.StructuredField.Str;
import dev.countersign.verifier.StructuredField.Token;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads dictionaries of RFC 8941 strictly (section 4.2). */
final class StructuredReader {
    static final int FIELD_BYTES_MAX = 16 * 1024;
    static final int MEMBERS_MAX = 8;
    static final int ITEMS_MAX = 64;
    static final int PARAMS_MAX = 16;

    private static final int INTEGER_DIGITS = 15;
    private static final int DECIMAL_DIGITS = 12;
    private static final int FRACTION_DIGITS = 3;
    private static final char END = 0;

    private final String text;
    private int at;

    private StructuredReader(String text) {
        this.text = text;
    }

    static Map<String, Member> dictionary(String text) throws BadFieldException {
        if (text.length() > FIELD_BYTES_MAX) {
            throw new BadFieldException();
        }
        return new StructuredReader(text).dictionary();
    }

    private Map<String, Member> dictionary() throws BadFieldException {
        Map<String, Member> members = new LinkedHashMap<>();
        skip(" ");
        while (at < text.length() || !members.isEmpty()) {
            String key = key();
            if (members.size() == MEMBERS_MAX || members.containsKey(key)) {
                throw new BadFieldException();
            }
            members.put(key, take('=') ? member() : new Item(new Bool(true), params()));
            skip(" \t");
            if (at == text.length()) {
                break;
            }
            want(',');
            skip(" \t");
        }
        return members;
    }

    private Member member() throws BadFieldException {
        if (!take('(')) {
            return item();
        }
        List<Item> items = new ArrayList<>();
        boolean isApart = true;
        while (true) {
            isApart |= skip(" ");
            if (take(')')) {
                return new InnerList(items, params());
            }
            if (!isApart || items.size() == ITEMS_MAX) {
                throw new BadFieldException();
            }
            items.add(item());
            isApart = false;
        }
    }

    private Item item() throws BadFieldException {
        Bare value = bare();
        return new Item(value, params());
    }

    private Map<String, Bare> params() throws BadFieldException {
        Map<String, Bare> params = new LinkedHashMap<>();
        while (take(';')) {
            skip(" ");
            String key = key();
            if (params.size() == PARAMS_MAX || params.containsKey(key)) {
                throw new BadFieldException();
            }
            params.put(key, take('=') ? bare() : new Bool(true));
        }
        return params;
    }

    private String key() throws BadFieldException {
        if (!isLower(peek()) && peek() != '*') {
            throw new BadFieldException();
        }
        int start = at;
        while (isLower(peek()) || isDigit(peek()) || isOneOf("_-.*")) {
            at++;
        }
        return text.substring(start, at);
    }

    private Bare bare() throws BadFieldException {
        char first = peek();
        if (first == '"') {
            return string();
        }
        if (first == ':') {
            return bytes();
        }
        if (first == '-' || isDigit(first)) {
            return number();
        }
        if (take('?')) {
            if (take('1')) {
                return new Bool(true);
            }
            want('0');
            return new Bool(false);
        }
        if (!isAlpha(first) && first != '*') {
            throw new BadFieldException();
        }
        int start = at;
        while (isAlpha(peek()) || isDigit(peek()) || isOneOf("!#$%&'*+-.^_`|~:/")) {
            at++;
        }
        return new Token(text.substring(start, at));
    }

    private Bare string() throws BadFieldException {
        want('"');
        StringBuilder out = new StringBuilder();
        while (!take('"')) {
            if (take('\\') && !isOneOf("\"\\")) {
                throw new BadFieldException();
            }
            char c = peek();
            if (c < ' ' || c > '~') {
                throw new BadFieldException();
            }
            out.append(c);
            at++;
        }
        return new Str(out.toString());
    }

    /** Base64 with and without padding, as section 4.2.7 wants it. */
    private Bare bytes() throws BadFieldException {
        want(':');
        int end = text.indexOf(':', at);
        if (end < 0) {
            throw new BadFieldException();
        }
        try {
            Bytes bytes = new Bytes(Base64.getDecoder().decode(text.substring(at, end)));
            at = end + 1;
            return bytes;
        } catch (IllegalArgumentException e) {
            throw new BadFieldException();
        }
    }

    private Bare number() throws BadFieldException {
        boolean isNegative = take('-');
        String digits = digits();
        if (digits.isEmpty() || digits.length() > INTEGER_DIGITS) {
            throw new BadFieldException();
        }
        if (!take('.')) {
            return new Int(signed(isNegative, digits));
        }
        String fraction = digits();
        if (digits.length() > DECIMAL_DIGITS
                || fraction.isEmpty()
                || fraction.length() > FRACTION_DIGITS) {
            throw new BadFieldException();
        }
        String filled = fraction + "0".repeat(FRACTION_DIGITS - fraction.length());
        return new Decimal(signed(isNegative, digits + filled));
    }

    private String digits() {
        int start = at;
        while (isDigit(peek())) {
            at++;
        }
        return text.substring(start, at);
    }

    private static long signed(boolean isNegative, String digits) {
        long number = Long.parseLong(digits);
        return isNegative ? -number : number;
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private boolean take(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void want(char c) throws BadFieldException {
        if (!take(c)) {
            throw new BadFieldException();
        }
    }

    private boolean skip(String blanks) {
        int start = at;
        while (isOneOf(blanks)) {
            at++;
        }
        return at > start;
    }

    private boolean isOneOf(String characters) {
        return at < text.length() && characters.indexOf(text.charAt(at)) >= 0;
    }

    private static boolean isLower(char c) {
        return 'a' <= c && c <= 'z';
    }

    private static boolean isAlpha(char c) {
        return isLower(c) || 'A' <= c && c <= 'Z';
    }

    private static boolean isDigit(char c) {
        return '0' <= c && c <= '9';
    }
}
