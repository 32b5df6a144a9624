package dev.countersign.verifier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The vectors that all languages share. */
public final class Vectors {
    public static final List<Vector> ALL = read();

    private Vectors() {}

    /** One case; `expect` is `ok` or a refusal's name, `key` the sign key of an `ok`. */
    public record Vector(
            String name,
            List<Key> keys,
            long now,
            Map<?, ?> options,
            String method,
            String target,
            List<Header> headers,
            byte[] body,
            List<?> seen,
            String expect,
            String key) {
        public KeySet keySet() {
            return KeySet.of(keys);
        }

        public Request request() {
            return new Request(method, target, headers, body);
        }

        /** A verifier as the case wants it. */
        public Verifier.Builder verifier() {
            Verifier.Builder builder = Verifier.builder(keySet()).clock(at(now));
            long window = 900;
            for (Map.Entry<?, ?> option : options.entrySet()) {
                Object value = option.getValue();
                switch ((String) option.getKey()) {
                    case "header" -> builder.header((String) value);
                    case "accept_unsigned_payload" -> builder.acceptUnsignedPayload((Boolean) value);
                    case "body_max" -> builder.bodyBytesMax((Long) value);
                    case "window" -> {
                        window = (Long) value;
                        builder.window(Duration.ofSeconds(window));
                    }
                    default -> throw new IllegalStateException(name + ": option " + option);
                }
            }
            NonceMemory nonces = new NonceMemory(2 * window, 100);
            for (Object pair : seen) {
                if (!(pair instanceof List<?> p) || p.size() != 2
                        || !nonces.record((String) p.get(0), (String) p.get(1), now)) {
                    throw new IllegalStateException(name + ": seen");
                }
            }
            return builder.nonces(nonces);
        }
    }

    public static Vector named(String name) {
        return ALL.stream().filter(vector -> vector.name().equals(name)).findFirst().orElseThrow();
    }

    public static Clock at(long seconds) {
        return Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
    }

    /** `ok` or the refusal's name. */
    public static String outcome(Verdict verdict) {
        return verdict instanceof Verdict.Refused refused ? refused.refusal().wireName() : "ok";
    }

    private static List<Vector> read() {
        try {
            Map<?, ?> file = (Map<?, ?>) Json.read(Files.readString(Path.of("..", "vectors.json")));
            if (!Long.valueOf(1).equals(file.get("format"))) {
                throw new IllegalStateException("vectors of another format");
            }
            return ((List<?>) file.get("cases")).stream().map(Vectors::vector).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Vector vector(Object record) {
        Map<?, ?> vector = (Map<?, ?>) record;
        List<String> known =
                List.of("name", "keys", "now", "options", "request", "seen", "expect", "key");
        if (!known.containsAll(vector.keySet())) {
            throw new IllegalStateException("a case with unknown members: " + vector.keySet());
        }
        Map<?, ?> request = (Map<?, ?>) vector.get("request");
        List<Header> headers = new ArrayList<>();
        for (Object header : (List<?>) request.get("headers")) {
            headers.add(new Header((String) ((List<?>) header).get(0), (String) ((List<?>) header).get(1)));
        }
        Object options = vector.get("options");
        Object seen = vector.get("seen");
        return new Vector(
                (String) vector.get("name"),
                KeyRecord.list(vector).stream().map(KeyRecord::key).toList(),
                (Long) vector.get("now"),
                options == null ? Map.of() : (Map<?, ?>) options,
                (String) request.get("method"),
                (String) request.get("target"),
                headers,
                Base64.getDecoder().decode((String) request.get("body")),
                seen == null ? List.of() : (List<?>) seen,
                (String) vector.get("expect"),
                (String) vector.get("key"));
    }
}
