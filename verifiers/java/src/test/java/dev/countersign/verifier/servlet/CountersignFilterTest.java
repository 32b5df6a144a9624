package dev.countersign.verifier.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.countersign.verifier.Counters;
import dev.countersign.verifier.Header;
import dev.countersign.verifier.HttpVectors;
import dev.countersign.verifier.Key;
import dev.countersign.verifier.KeySet;
import dev.countersign.verifier.RawClient;
import dev.countersign.verifier.RawClient.Answer;
import dev.countersign.verifier.Refusal;
import dev.countersign.verifier.Scheme;
import dev.countersign.verifier.Signer;
import dev.countersign.verifier.Vectors;
import dev.countersign.verifier.Vectors.Vector;
import dev.countersign.verifier.Verifier;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CountersignFilterTest {
    private static final KeySet KEYS = KeySet.of(Key.shared(Scheme.ALIBABA, "k", "s").named("orders", 3));
    private static final byte[] NONE = {};
    private static final Header FORM =
            new Header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");

    /** Says what it saw; the path says how it reads. */
    private static final class Echo extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            String out;
            try {
                out = read(request);
            } catch (Exception e) {
                out = "failed: " + e;
            }
            byte[] bytes = out.getBytes(StandardCharsets.UTF_8);
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
        }

        private static String read(HttpServletRequest request) throws Exception {
            String refusal = request.getHeader(Refusal.HEADER);
            switch (request.getRequestURI()) {
                case "/parameters":
                    List<String> found = new ArrayList<>();
                    request.getParameterMap().forEach((name, values) ->
                            found.add(name + "=" + Arrays.toString(values)));
                    Collections.sort(found);
                    return found + " " + request.getParameter("a");
                case "/reader":
                    return request.getReader().readLine();
                default:
                    byte[] body = request.getInputStream().readAllBytes();
                    List<String> headers = Collections.list(request.getHeaders(Refusal.HEADER));
                    boolean isNamed = Collections.list(request.getHeaderNames()).stream()
                            .anyMatch(Refusal.HEADER::equalsIgnoreCase);
                    if (headers.size() != (refusal == null ? 0 : 1) || isNamed != (refusal != null)) {
                        return "headers that differ";
                    }
                    return HttpVectors.seen(CountersignFilter.verdict(request), refusal, body);
            }
        }
    }

    private static Answer post(int port, String target, String signedTarget, Header type, byte[] body,
            boolean isForm) throws IOException {
        List<Header> headers = new ArrayList<>(isForm
                ? Signer.alibabaForm("POST", signedTarget, "k", "s")
                : Signer.alibaba("POST", signedTarget, body, "k", "s"));
        headers.add(type);
        return RawClient.send(port, "POST", target, headers, body);
    }

    @Test
    void theVectorsOverHttp() throws Exception {
        Filter byCase = (request, response, chain) -> {
            String number = ((HttpServletRequest) request).getHeader(HttpVectors.CASE);
            Vector vector = Vectors.ALL.get(Integer.parseInt(number));
            new CountersignFilter(vector.verifier().build()).doFilter(request, response, chain);
        };
        // Jetty refuses by itself: escapes that are none, and two hosts.
        int[] carried = IntStream.range(0, Vectors.ALL.size())
                .filter(i -> HttpVectors.isHttp(Vectors.ALL.get(i)))
                .filter(i -> !isRefusedByJetty(Vectors.ALL.get(i).target()))
                .toArray();
        try (JettyServer server = new JettyServer(byCase, new Echo())) {
            HttpVectors.check(server.port(), carried);
        }
        assertTrue(carried.length > 750, "only " + carried.length);
        System.out.println(carried.length + " vectors over a servlet container");
    }

    private static boolean isRefusedByJetty(String target) {
        return target.split("\\?")[0].matches(".*%(?![0-9A-Fa-f]{2}).*");
    }

    @Test
    void theBodyIsThereOnceMore() throws Exception {
        Verifier verifier = Verifier.builder(KEYS).build();
        byte[] body = "é\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        Header type = new Header("Content-Type", "text/plain; charset=UTF-8");
        try (JettyServer server = new JettyServer(new CountersignFilter(verifier), new Echo())) {
            int port = server.port();
            assertEquals(HttpVectors.seen("k", null, body), post(port, "/", "/", type, body, false).body());
            String line = post(port, "/reader", "/reader", type, body, false).body();
            assertEquals("é", new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
            List<Header> headers = Signer.alibaba("POST", "/", body, "k", "s");
            assertEquals(HttpVectors.seen("k", null, body),
                    RawClient.send(port, "POST", "/", headers, body, true).body());
            byte[] altered = body.clone();
            altered[7] ^= 1;
            assertEquals("signature_differs",
                    RawClient.send(port, "POST", "/", headers, altered, true).refusal());
        }
    }

    @Test
    void parametersOfAFormAreThere() throws Exception {
        Verifier verifier = Verifier.builder(KEYS).build();
        byte[] form = "b=2&a=3&c=%E4%B8%AD+x&d".getBytes(StandardCharsets.US_ASCII);
        try (JettyServer server = new JettyServer(new CountersignFilter(verifier), new Echo())) {
            Answer answer = post(server.port(), "/parameters?a=1", "/parameters?a=1&b=2&c=中 x&d=", FORM, form, true);
            assertEquals("[a=[1, 3], b=[2], c=[中 x], d=[]] 1",
                    new String(answer.body().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        }
        try (JettyServer server = new JettyServer(
                new CountersignFilter(Verifier.builder(KEYS).observe(true).build()), new Echo())) {
            Answer answer = RawClient.send(server.port(), "POST", "/parameters?a=1", List.of(FORM), form);
            assertTrue(answer.body().startsWith("[a=[1, 3], b=[2], c=["), answer.body());
        }
    }

    @Test
    void theLimitOfTheBody() throws Exception {
        Verifier verifier = Verifier.builder(KEYS).bodyBytesMax(1000).build();
        byte[] atLimit = new byte[1000];
        byte[] over = new byte[1001];
        try (JettyServer server = new JettyServer(new CountersignFilter(verifier), new Echo())) {
            for (boolean chunked : new boolean[] {false, true}) {
                assertEquals(200, RawClient.send(server.port(), "POST", "/",
                        Signer.alibaba("POST", "/", atLimit, "k", "s"), atLimit, chunked).status());
                assertEquals("body_too_large", RawClient.send(server.port(), "POST", "/",
                        Signer.alibaba("POST", "/", over, "k", "s"), over, chunked).refusal());
            }
        }
    }

    @Test
    void observeModeLetsAllPassAndTells() throws Exception {
        Counters counters = new Counters();
        Verifier verifier =
                Verifier.builder(KEYS).observe(true).bodyBytesMax(1000).listener(counters).build();
        byte[] body = {1};
        byte[] large = new byte[5000];
        List<Header> good = new ArrayList<>(Signer.alibaba("POST", "/", body, "k", "s"));
        good.add(new Header("X-Countersign-Refusal", "expired"));
        try (JettyServer server = new JettyServer(new CountersignFilter(verifier), new Echo())) {
            int port = server.port();
            assertEquals(HttpVectors.seen("k", null, body), RawClient.send(port, "POST", "/", good, body).body());
            assertEquals(HttpVectors.seen((String) null, "signature_differs", NONE),
                    RawClient.send(port, "POST", "/", good, NONE).body());
            for (boolean chunked : new boolean[] {false, true}) {
                assertEquals(HttpVectors.seen((String) null, "body_too_large", large),
                        RawClient.send(port, "POST", "/", good, large, chunked).body());
            }
            assertEquals(HttpVectors.seen((String) null, "no_signature", body),
                    RawClient.send(port, "PUT", "/", List.of(), body).body());
        }
        assertEquals(1, counters.verified());
        assertEquals(1, counters.observed(Refusal.SIGNATURE_DIFFERS));
        assertEquals(2, counters.observed(Refusal.BODY_TOO_LARGE));
        assertEquals(1, counters.observed(Refusal.NO_SIGNATURE));
        assertEquals(0, counters.refused(Refusal.NO_SIGNATURE));
    }

    @Test
    void refusalsOfRawRequests() throws Exception {
        Verifier verifier = Verifier.builder(KEYS).build();
        try (JettyServer server = new JettyServer(new CountersignFilter(verifier), new Echo())) {
            Answer head = RawClient.send(server.port(), "HEAD", "/", List.of(), NONE);
            assertEquals("401 no_signature ", head.status() + " " + head.refusal() + " " + head.body());
            List<Header> signed = Signer.alibaba("GET", "/v1?a=1", NONE, "k", "s");
            assertEquals(200, RawClient.send(server.port(), "GET", "http://a/v1?a=1", signed, NONE).status());
            assertEquals("signature_differs",
                    RawClient.send(server.port(), "GET", "/v1/?a=1", signed, NONE).refusal());
            String broken = "POST / HTTP/1.1\r\nHost: a\r\nX-Ca-Proxy-Signature: x\r\n"
                    + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n";
            int status = RawClient.exchange(server.port(), broken.getBytes(StandardCharsets.US_ASCII)).status();
            assertEquals(400, status);
        }
    }
}
