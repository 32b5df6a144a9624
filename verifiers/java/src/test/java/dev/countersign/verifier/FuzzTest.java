package dev.countersign.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.countersign.verifier.Vectors.Vector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No request makes the core throw. */
class FuzzTest {
    private static final KeySet KEYS =
            KeySet.of(Vectors.ALL.stream().flatMap(vector -> vector.keys().stream()).toList());
    private static final List<String> HEADERS = List.of(
            "Authorization", "Host", "X-Sdk-Date", "X-Sdk-Content-Sha256", "Content-Type",
            "Content-MD5", "X-Ca-Proxy-Signature", "X-Ca-Proxy-Signature-Headers",
            "X-Ca-Proxy-Signature-Secret-Key", "Signature", "Signature-Input", "Content-Digest");
    private static final List<String> PIECES = List.of(
            "SDK-HMAC-SHA256 ", "Access=", ", SignedHeaders=", ", Signature=", "Basic ", "countersign=",
            "(", ")", "\"@method\"", "\"@path\"", "\"@authority\"", ";created=1767323045", ";keyid=\"",
            ";nonce=\"n\"", "shared-key", "DemoKey1", "signkeysignkey", ":AA==:", ",", ";", "=", "\"",
            "%", "%zz", "\0", "\u00ff", "\u00c3\u00a9", "host;x-sdk-date", "20260102T030405Z",
            "UNSIGNED-PAYLOAD", "a".repeat(300), "X-Ca-Proxy-Signature-Secret-Key",
            "application/x-www-form-urlencoded", " ", "\t", "-1.5", "?1", "&", "+", "\\", "/");

    private static String text(Random random) {
        StringBuilder out = new StringBuilder();
        if (random.nextInt(5) == 0) {
            for (int i = random.nextInt(60); i > 0; i--) {
                out.append((char) random.nextInt(256));
            }
        } else {
            for (int i = random.nextInt(8); i > 0; i--) {
                out.append(PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return out.toString();
    }

    @Test
    void randomRequests() {
        Verifier verifier = Verifier.builder(KEYS).clock(Vectors.at(1767323045)).build();
        Random random = new Random(7);
        for (int round = 0; round < 40_000; round++) {
            List<Header> headers = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                headers.add(new Header(HEADERS.get(random.nextInt(HEADERS.size())), text(random)));
            }
            String method = List.of("GET", "POST", "", "\u00ff").get(random.nextInt(4));
            Request request = new Request(method, "/" + text(random), headers, Text.bytes(text(random)));
            assertInstanceOf(Verdict.Refused.class, verifier.verify(request));
        }
    }

    @Test
    void alteredVectors() {
        Random random = new Random(8);
        for (int round = 0; round < 20_000; round++) {
            Vector vector = Vectors.ALL.get(random.nextInt(Vectors.ALL.size()));
            List<Header> headers = new ArrayList<>(vector.headers());
            for (int i = random.nextInt(3); i >= 0 && !headers.isEmpty(); i--) {
                int which = random.nextInt(headers.size());
                Header header = headers.get(which);
                int at = random.nextInt(header.value().length() + 1);
                int after = Math.min(header.value().length(), at + random.nextInt(2));
                headers.set(which, new Header(header.name(), header.value().substring(0, at)
                        + (char) random.nextInt(256) + header.value().substring(after)));
            }
            Collections.shuffle(headers, random);
            Request request = new Request(vector.method(), vector.target(), headers, Text.bytes(text(random)));
            assertNotNull(vector.verifier().build().verify(request));
        }
    }

    @Test
    void everyCutOfEveryHeader() {
        for (String name : List.of("alibaba/body-POST", "huawei/body-POST", "rfc9421/ed25519",
                "rfc9421/ecdsa-p256-sha256", "rfc9421/rsa-pss-sha512", "rfc9421/hmac-sha256", "basic/plain")) {
            Vector vector = Vectors.named(name);
            for (int which = 0; which < vector.headers().size(); which++) {
                Header header = vector.headers().get(which);
                if (header.name().equals("Host") && name.matches("(basic|alibaba).*")) {
                    continue;
                }
                for (int end = 0; end < header.value().length(); end += 1 + header.value().length() / 80) {
                    List<Header> headers = new ArrayList<>(vector.headers());
                    headers.set(which, new Header(header.name(), header.value().substring(0, end)));
                    Request request = new Request(vector.method(), vector.target(), headers, new byte[] {'x'});
                    assertFalse(vector.verifier().build().verify(request).isVerified(), name + header);
                }
            }
        }
    }

    @Test
    void textBeyondLatin1IsTakenToo() {
        Request request = new Request("G\u0141T", "/\u4e2d", List.of(
                new Header("\u4e2d", "\ud83d\ude00"), new Header("Authorization", "\ud800")), new byte[0]);
        assertFalse(Verifier.builder(KEYS).build().verify(request).isVerified());
        assertFalse(Verifier.builder(KEYS).build().verify(request.withBody(null)).isVerified());
    }

    @Test
    void jsonThatIsNone() {
        Random random = new Random(9);
        String good = "{\"keys\":[{\"scheme\":\"basic\",\"sign_key\":\"\\u00e9\\n\",\"secret\":\"s\",\"version\":-12}]}";
        assertEquals("é\n", KeySet.fromJson(good).keys().get(0).signKey());
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder(good);
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(text.length());
                text.replace(at, at + random.nextInt(2), "" + "{}[]\",:\\ue-.01 tfn\0".charAt(random.nextInt(19)));
            }
            try {
                KeySet.fromJson(text.toString());
            } catch (IllegalArgumentException e) {
                assertNotNull(e.getMessage());
            }
        }
        for (String bad : List.of("", "[", "{", "[1,]", "{\"a\"}", "01", "1.", "-", "1e", "nul", "\"\n\"",
                "\"\\x\"", "\"\\u12\"", "99999999999999999999", "[]]", "[".repeat(50) + "]".repeat(50))) {
            assertThrows(IllegalArgumentException.class, () -> Json.read(bad), bad);
        }
    }

    @Test
    void whatIsNoUtf8() {
        assertEquals("\ufffd\ufffd\ufffd", LossyUtf8.decode("\u00ed\u00a0\u0080"));
        assertEquals("\ufffd", LossyUtf8.decode("\u00f0\u009f\u0098"));
        assertEquals("\ufffdx\ufffd\ufffd", LossyUtf8.decode("\u00e5\u0090x\u00c0\u00af"));
        assertEquals("\ufffd\ufffd\ufffd\ufffd", LossyUtf8.decode("\u00f4\u0090\u0080\u0080"));
        for (int point = 0; point <= Character.MAX_CODE_POINT; point += 1 + point / 200) {
            if (point < 0xD800 || point > 0xDFFF) {
                String text = Character.toString(point);
                assertEquals(text, LossyUtf8.decode(Text.latin1(text.getBytes(StandardCharsets.UTF_8))));
            }
        }
    }

    @Test
    void theMemoryOfNoncesIsBounded() {
        NonceMemory memory = new NonceMemory(10, 2);
        assertTrue(memory.record("k", "1", 0) && memory.record("k", "2", 5));
        assertFalse(memory.record("k", "3", 10));
        assertFalse(memory.record("k", "1", 10));
        assertTrue(memory.record("k", "3", 11));
        assertFalse(memory.record("k", "4", 11));
        assertEquals(2, memory.size());
        assertFalse(new NonceMemory(10, 0).record("k", "n", 0));
        assertTrue(new NonceMemory(10, 2).record("ab", "c", 0));
    }

    @Test
    void aClockThatIsSetBackForgetsNoNonce() {
        NonceMemory memory = new NonceMemory(10, 10);
        assertTrue(memory.record("k", "late", 100));
        assertFalse(memory.record("k", "late", 20));
        assertTrue(memory.record("k", "early", 20) && memory.record("k", "early", 31));
        assertFalse(memory.record("k", "early", 41));
        assertFalse(memory.record("k", "late", 110));
        assertTrue(memory.record("k", "late", 111));
    }

    @Test
    void aFullMemoryRefuses() {
        Vector vector = Vectors.named("rfc9421/hmac-sha256");
        Verifier verifier = vector.verifier().nonces(new NonceMemory(1800, 0)).build();
        assertEquals("replayed", Vectors.outcome(verifier.verify(vector.request())));
    }

    @Test
    void aListenerThatFailsDoesNoHarm() {
        Vector vector = Vectors.named("basic/plain");
        VerifierListener failing = new VerifierListener() {
            @Override
            public void verified(Verdict.Verified verdict) {
                throw new IllegalStateException("planted");
            }
        };
        assertTrue(vector.verifier().listener(failing).build().verify(vector.request()).isVerified());
    }

    @Test
    void keysOfAFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys.json");
        Files.writeString(file, "{\"keys\":[{\"scheme\":\"basic\",\"sign_key\":\"k\",\"secret\":\"planted\"}]}");
        KeySet keys = KeySet.fromFile(file);
        assertEquals("KeySet[Key[basic, k, name=, version=0, state=active]]", keys.toString());
        for (String bad : List.of("null", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[7]}", "{\"keys\":[{}]}",
                "{\"keys\":[{\"scheme\":\"basic\",\"sign_key\":\"k\"}]}",
                "{\"keys\":[{\"scheme\":\"basic\",\"sign_key\":\"k\",\"secret\":\"\"}]}",
                "{\"keys\":[{\"scheme\":\"basic\",\"sign_key\":1,\"secret\":\"s\"}]}",
                "{\"keys\":[{\"scheme\":\"basic\",\"sign_key\":\"k\",\"secret\":\"s\",\"state\":\"old\"}]}",
                "{\"keys\":[{\"scheme\":\"basic\",\"sign_key\":\"k\",\"secret\":\"s\",\"version\":\"1\"}]}",
                "{\"keys\":[{\"scheme\":\"rfc9421-key-pair\",\"sign_key\":\"k\"}]}",
                "{\"keys\":[{\"scheme\":\"rfc9421-key-pair\",\"sign_key\":\"k\",\"public_key\":\"AA==\"}]}",
                "{\"keys\":[{\"scheme\":\"rfc9421-key-pair\",\"sign_key\":\"k\",\"public_key\":\"*\"}]}")) {
            assertThrows(IllegalArgumentException.class, () -> KeySet.fromJson(bad), bad);
        }
    }
}
