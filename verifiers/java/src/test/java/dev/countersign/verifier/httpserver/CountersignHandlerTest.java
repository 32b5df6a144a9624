package dev.countersign.verifier.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.verifier.Header;
import dev.countersign.verifier.HttpVectors;
import dev.countersign.verifier.Key;
import dev.countersign.verifier.KeySet;
import dev.countersign.verifier.RawClient;
import dev.countersign.verifier.Refusal;
import dev.countersign.verifier.Scheme;
import dev.countersign.verifier.Signer;
import dev.countersign.verifier.Vectors;
import dev.countersign.verifier.Vectors.Vector;
import dev.countersign.verifier.Verdict;
import dev.countersign.verifier.Verifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CountersignHandlerTest {
    private static final KeySet KEYS = KeySet.of(Key.shared(Scheme.ALIBABA, "k", "s"));

    private static void echo(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Verdict verdict = (Verdict) exchange.getAttribute(CountersignHandler.VERDICT);
        String refusal = exchange.getRequestHeaders().getFirst(Refusal.HEADER);
        byte[] out = HttpVectors.seen(verdict, refusal, body).getBytes(StandardCharsets.UTF_8);
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, isHead ? -1 : out.length);
        if (!isHead) {
            exchange.getResponseBody().write(out);
        }
        exchange.close();
    }

    private static HttpServer start(HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", handler);
        server.start();
        return server;
    }

    @Test
    void theVectorsOverHttp() throws Exception {
        int[] carried = IntStream.range(0, Vectors.ALL.size())
                .filter(i -> HttpVectors.isHttp(Vectors.ALL.get(i)))
                .filter(i -> isCarried(Vectors.ALL.get(i)))
                .toArray();
        HttpServer server = start(exchange -> {
            String number = exchange.getRequestHeaders().getFirst(HttpVectors.CASE);
            Verifier verifier = Vectors.ALL.get(Integer.parseInt(number)).verifier().build();
            new CountersignHandler(verifier, CountersignHandlerTest::echo).handle(exchange);
        });
        try {
            HttpVectors.check(server.getAddress().getPort(), carried);
        } finally {
            server.stop(0);
        }
        assertTrue(carried.length > 750, "only " + carried.length);
        System.out.println(carried.length + " vectors over the JDK's server");
    }

    /**
     * The server takes 200 headers, and targets that are a URI whose path is of a context;
     * a tab inside a value becomes a blank.
     */
    private static boolean isCarried(Vector vector) {
        try {
            String path = URI.create(vector.target()).getPath();
            return vector.headers().size() < 195
                    && vector.headers().stream().noneMatch(header -> header.value().strip().contains("\t"))
                    && path != null && path.startsWith("/");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Test
    void observeModeAndTheLimit() throws Exception {
        byte[] body = new byte[5000];
        List<Header> signed = new ArrayList<>(Signer.alibaba("POST", "/", body, "k", "s"));
        signed.add(new Header(Refusal.HEADER, "expired"));
        for (boolean observe : new boolean[] {true, false}) {
            HttpServer server = start(new CountersignHandler(
                    Verifier.builder(KEYS).observe(observe).bodyBytesMax(4999).build(),
                    CountersignHandlerTest::echo));
            int port = server.getAddress().getPort();
            try {
                for (boolean chunked : new boolean[] {true, false}) {
                    RawClient.Answer answer = RawClient.send(port, "POST", "/", signed, body, chunked);
                    if (observe) {
                        assertEquals(HttpVectors.seen((String) null, "body_too_large", body), answer.body());
                    } else {
                        assertEquals("body_too_large", answer.refusal());
                    }
                }
                List<Header> get = Signer.alibaba("GET", "/x", new byte[0], "k", "s");
                assertEquals(200, RawClient.send(port, "GET", "http://a/x", get, new byte[0]).status());
            } finally {
                server.stop(0);
            }
        }
    }

    /** As its comment says: `java -cp countersign-verifier.jar PlainServer.java keys.json`. */
    @Test
    void theExampleRuns(@TempDir Path folder) throws Exception {
        Path keys = folder.resolve("keys.json");
        Files.writeString(keys,
                "{\"keys\":[{\"scheme\":\"alibaba-hmac-sha256\",\"sign_key\":\"k\",\"secret\":\"s\"}]}");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", Path.of("target", "classes").toString(),
                Path.of("examples", "PlainServer.java").toString(), keys.toString(), "0")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
            List<Header> signed = Signer.alibaba("GET", "/v1", new byte[0], "k", "s");
            assertEquals("signed by k\n", RawClient.send(port, "GET", "/v1", signed, new byte[0]).body());
            assertEquals("signature_differs", RawClient.send(port, "GET", "/", signed, new byte[0]).refusal());
        } finally {
            process.destroy();
            process.waitFor();
        }
    }
}
