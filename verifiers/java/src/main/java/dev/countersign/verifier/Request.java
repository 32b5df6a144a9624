package dev.countersign.verifier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A request as received, nothing decoded. Text is taken as Latin-1, one character for
 * each byte, as servers have it.
 */
public final class Request {
    private final String method;
    private final String target;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    /**
     * Holds a request.
     *
     * @param target path and query as they came
     * @param headers names in any case, repeats kept
     * @param body not copied; null if it is beyond the limit and was not read
     */
    public Request(String method, String target, List<Header> headers, byte[] body) {
        this.method = Text.received(Objects.requireNonNull(method, "method"));
        this.target = Text.received(Objects.requireNonNull(target, "target"));
        this.headers = new HashMap<>(headers.size() * 2);
        this.body = body;
        for (Header header : headers) {
            String value = Text.trimBlanks(Text.received(header.value()));
            this.headers
                    .computeIfAbsent(
                            Text.asciiLower(Text.received(header.name())), k -> new ArrayList<>(1))
                    .add(value);
        }
    }

    private Request(Request other, byte[] body) {
        this.method = other.method;
        this.target = other.target;
        this.headers = other.headers;
        this.body = body;
    }

    /** The same request with a body; null if it is beyond the limit and was not read. */
    public Request withBody(byte[] body) {
        return new Request(this, body);
    }

    String method() {
        return method;
    }

    String target() {
        return target;
    }

    /** The target up to the first question mark. */
    String path() {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    /** What stands after the first question mark; null without one. */
    String query() {
        int mark = target.indexOf('?');
        return mark < 0 ? null : target.substring(mark + 1);
    }

    /** Null if the body was not read. */
    byte[] body() {
        return body;
    }

    /** The values of a header, its name in lower case, without blanks around. */
    List<String> values(String name) {
        return headers.getOrDefault(name, List.of());
    }

    boolean has(String name) {
        return headers.containsKey(name);
    }

    /**
     * The value of a header that may occur once, as UTF-8; null if it does not occur.
     * `malformed` if it occurs more often or is not UTF-8.
     */
    String text(String name) throws RefusedException {
        List<String> values = values(name);
        if (values.isEmpty()) {
            return null;
        }
        if (values.size() > 1) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        return Text.utf8(values.get(0));
    }

    /** As {@link #text}, empty if the header does not occur. */
    String textOrEmpty(String name) throws RefusedException {
        String text = text(name);
        return text == null ? "" : text;
    }
}
