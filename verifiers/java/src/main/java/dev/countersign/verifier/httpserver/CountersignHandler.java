package dev.countersign.verifier.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.countersign.verifier.Header;
import dev.countersign.verifier.Refusal;
import dev.countersign.verifier.Request;
import dev.countersign.verifier.Verdict;
import dev.countersign.verifier.Verifier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A handler that refuses requests that the gateway did not sign and gives all others to
 * another one. The verdict is the exchange's attribute {@link #VERDICT}.
 */
public final class CountersignHandler implements HttpHandler {
    /** The exchange's attribute with the {@link Verdict}. */
    public static final String VERDICT = "dev.countersign.verdict";

    private static final byte[] NO_BODY = {};

    private final Verifier verifier;
    private final HttpHandler next;

    public CountersignHandler(Verifier verifier, HttpHandler next) {
        this.verifier = Objects.requireNonNull(verifier, "verifier");
        this.next = Objects.requireNonNull(next, "next");
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Request signed = new Request(exchange.getRequestMethod(), target(exchange), headers(exchange), NO_BODY);
        InputStream body = exchange.getRequestBody();
        if (verifier.isSigned(signed)) {
            int limit = (int) verifier.bodyBytesMax();
            // Of a body that is longer by its own account nothing is read.
            byte[] held = body.readNBytes(length(exchange) > limit ? 0 : limit + 1);
            signed = signed.withBody(length(exchange) > limit || held.length > limit ? null : held);
            body = new SequenceInputStream(new ByteArrayInputStream(held), body);
        }
        Verdict verdict = verifier.verify(signed);
        Refusal refusal = verdict instanceof Verdict.Refused refused ? refused.refusal() : null;
        if (refusal != null && !verifier.observes()) {
            refuse(exchange, refusal);
        } else {
            next.handle(new VerifiedExchange(exchange, body, verdict, refusal));
        }
    }

    /** What the request says of its body; the server has refused what is no number. */
    private static long length(HttpExchange exchange) {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** As received: the server keeps the text of the request line. */
    private static String target(HttpExchange exchange) {
        String target = exchange.getRequestURI().toString();
        if (!target.regionMatches(true, 0, "http://", 0, 7)
                && !target.regionMatches(true, 0, "https://", 0, 8)) {
            return target;
        }
        // What a proxy's request has besides is not what was signed.
        String path = exchange.getRequestURI().getRawPath();
        String query = exchange.getRequestURI().getRawQuery();
        return (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    }

    private static List<Header> headers(HttpExchange exchange) {
        List<Header> headers = new ArrayList<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> values.forEach(value -> headers.add(new Header(name, value))));
        return headers;
    }

    private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        byte[] body = refusal.answerBody().getBytes(StandardCharsets.US_ASCII);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set(Refusal.HEADER, refusal.wireName());
        exchange.sendResponseHeaders(401, isHead ? -1 : body.length);
        if (!isHead) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }
}
