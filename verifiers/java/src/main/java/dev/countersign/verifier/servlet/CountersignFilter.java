package dev.countersign.verifier.servlet;

import dev.countersign.verifier.Header;
import dev.countersign.verifier.Refusal;
import dev.countersign.verifier.Request;
import dev.countersign.verifier.Verdict;
import dev.countersign.verifier.Verifier;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Refuses requests that the gateway did not sign.
 *
 * <p>Put it before all filters that read the body or ask for parameters: what they have
 * read cannot be checked any more. The target is what `getRequestURI` and
 * `getQueryString` give, which containers leave as received.
 */
public final class CountersignFilter implements Filter {
    /** The request's attribute with the {@link Verdict}. */
    public static final String VERDICT = "dev.countersign.verdict";

    private static final AtomicLong FILTERS = new AtomicLong();

    private final Verifier verifier;
    /** Marks a request that this filter has seen: a forward or an error page is no new one. */
    private final String seen = "dev.countersign.seen." + FILTERS.incrementAndGet();

    public CountersignFilter(Verifier verifier) {
        this.verifier = Objects.requireNonNull(verifier, "verifier");
    }

    /** The verdict of a request; null if it has not passed this filter. */
    public static Verdict verdict(ServletRequest request) {
        return request.getAttribute(VERDICT) instanceof Verdict verdict ? verdict : null;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest received)
                || !(response instanceof HttpServletResponse answer)) {
            throw new ServletException("a request that is not of HTTP");
        }
        if (received.getAttribute(seen) != null) {
            chain.doFilter(request, response);
            return;
        }
        received.setAttribute(seen, Boolean.TRUE);
        Request signed = new Request(received.getMethod(), target(received), headers(received), NO_BODY);
        HeldBody body = HeldBody.untouched(received);
        if (verifier.isSigned(signed)) {
            body = HeldBody.read(received, verifier.bodyBytesMax());
            signed = signed.withBody(body.isTooLarge() ? null : body.bytes());
        }
        if (body.isBroken() && !verifier.observes()) {
            // The connection, or the coding of the body: there is nothing to verify, and
            // none of the refusals fits.
            answer.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        Verdict verdict = verifier.verify(signed);
        Refusal refusal = verdict instanceof Verdict.Refused refused ? refused.refusal() : null;
        if (refusal != null && !verifier.observes()) {
            refuse(received, answer, refusal);
            return;
        }
        received.setAttribute(VERDICT, verdict);
        chain.doFilter(new VerifiedRequest(received, body, refusal), response);
    }

    private static final byte[] NO_BODY = {};

    private static String target(HttpServletRequest request) {
        String query = request.getQueryString();
        return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
    }

    private static List<Header> headers(HttpServletRequest request) {
        List<Header> headers = new ArrayList<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            for (String value : Collections.list(request.getHeaders(name))) {
                headers.add(new Header(name, value == null ? "" : value));
            }
        }
        return headers;
    }

    private static void refuse(
            HttpServletRequest request, HttpServletResponse answer, Refusal refusal)
            throws IOException {
        byte[] body = refusal.answerBody().getBytes(StandardCharsets.US_ASCII);
        answer.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        answer.setHeader(Refusal.HEADER, refusal.wireName());
        answer.setContentType("application/json");
        answer.setContentLength(body.length);
        if (!request.getMethod().equals("HEAD")) {
            answer.getOutputStream().write(body);
        }
    }
}
