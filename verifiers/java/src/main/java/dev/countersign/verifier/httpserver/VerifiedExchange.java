package dev.countersign.verifier.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import dev.countersign.verifier.Refusal;
import dev.countersign.verifier.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * The exchange as the application sees it. It has the verdict itself, since the server
 * shares attributes between all exchanges of a context.
 */
final class VerifiedExchange extends HttpExchange {
    private final HttpExchange received;
    private final Headers headers = new Headers();
    private final Verdict verdict;
    private InputStream body;

    VerifiedExchange(HttpExchange received, InputStream body, Verdict verdict, Refusal refusal) {
        this.received = received;
        this.body = body;
        this.verdict = verdict;
        received.getRequestHeaders().forEach(headers::put);
        // Nobody but the verifier may say it.
        headers.remove(Refusal.HEADER);
        if (refusal != null) {
            headers.set(Refusal.HEADER, refusal.wireName());
        }
    }

    @Override
    public Headers getRequestHeaders() {
        return headers;
    }

    @Override
    public InputStream getRequestBody() {
        return body;
    }

    @Override
    public Object getAttribute(String name) {
        return name.equals(CountersignHandler.VERDICT) ? verdict : received.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        received.setAttribute(name, value);
    }

    @Override
    public void setStreams(InputStream in, OutputStream out) {
        received.setStreams(null, out);
        body = in == null ? body : in;
    }

    @Override
    public Headers getResponseHeaders() {
        return received.getResponseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return received.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return received.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return received.getHttpContext();
    }

    @Override
    public void close() {
        received.close();
    }

    @Override
    public OutputStream getResponseBody() {
        return received.getResponseBody();
    }

    @Override
    public void sendResponseHeaders(int status, long length) throws IOException {
        received.sendResponseHeaders(status, length);
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return received.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
        return received.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return received.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return received.getProtocol();
    }

    @Override
    public HttpPrincipal getPrincipal() {
        return received.getPrincipal();
    }
}
