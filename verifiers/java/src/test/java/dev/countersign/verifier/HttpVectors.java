package dev.countersign.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.countersign.verifier.Vectors.Vector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The vectors that HTTP can carry, sent to a server that checks each as it wants to be. */
public final class HttpVectors {
    /** Says which vector a request is. */
    public static final String CASE = "X-Case";

    private HttpVectors() {}

    /** Whether a client could send it and a server would pass it on. */
    public static boolean isHttp(Vector vector) {
        long hosts = vector.headers().stream().filter(h -> h.name().equalsIgnoreCase("host")).count();
        boolean signsHost =
                vector.keys().stream()
                        .anyMatch(k -> k.scheme() != Scheme.ALIBABA && k.scheme() != Scheme.BASIC);
        return !vector.method().isEmpty()
                && vector.method().chars().allMatch(c -> 'A' <= c && c <= 'Z')
                && (hosts == 1 || hosts == 0 && !signsHost)
                && Text.isAscii(vector.target())
                && vector.target().startsWith("/")
                && vector.headers().stream().allMatch(HttpVectors::isHttp);
    }

    private static boolean isHttp(Header header) {
        String name = header.name().toLowerCase();
        // These have a meaning to the server itself.
        return !(name.equals("host") && !Text.isAscii(header.value()))
                && !List.of("connection", "expect", "content-length", "transfer-encoding").contains(name)
                && header.value().chars().allMatch(c -> c == '\t' || c >= ' ' && c != 0x7F);
    }

    /** Sends vectors and tells of all whose answers are wrong. */
    public static void check(int port, int[] numbers) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (int number : numbers) {
            try {
                check(port, number);
            } catch (AssertionError e) {
                wrong.add(e.getMessage());
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** Sends a vector and checks the answer; the application answers with {@link #seen}. */
    private static void check(int port, int number) throws IOException {
        Vector vector = Vectors.ALL.get(number);
        List<Header> headers = new ArrayList<>(vector.headers());
        headers.add(new Header(CASE, String.valueOf(number)));
        RawClient.Answer answer =
                RawClient.send(port, vector.method(), vector.target(), headers, vector.body());
        boolean isHead = vector.method().equals("HEAD");
        if (vector.expect().equals("ok")) {
            assertEquals(200, answer.status(), vector.name() + answer);
            if (!isHead) {
                assertEquals(seen(vector.key(), null, vector.body()), answer.body(), vector.name());
            }
            return;
        }
        assertEquals(401, answer.status(), vector.name() + answer);
        assertEquals(vector.expect(), answer.refusal(), vector.name());
        assertEquals("application/json", answer.headers().get("content-type"), vector.name());
        if (!isHead) {
            assertEquals("{\"error\":\"" + vector.expect() + "\"}", answer.body(), vector.name());
        }
    }

    /** What an application says of a request: its key, the refusal it reads, its body. */
    public static String seen(String signKey, String refusal, byte[] body) {
        return signKey + " " + refusal + " " + Digests.sha256Hex(body);
    }

    public static String seen(Verdict verdict, String refusal, byte[] body) {
        return seen(verdict instanceof Verdict.Verified verified ? verified.signKey() : null, refusal, body);
    }
}
