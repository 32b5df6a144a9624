package dev.countersign.verifier;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * How long one verification takes. Prints one line for each scheme: its name and
 * microseconds for one request, on one core, the best of five rounds; the request has no
 * body, or one of 1 KiB.
 */
public final class Benchmark {
    private static final long NOW = 1767323045;
    private static final String DATE = "20260102T030405Z";
    private static final String PATH = "/v1/orders";
    private static final String QUERY = "a=1&b=2";
    private static final String TARGET = PATH + "?" + QUERY;
    private static final String HOST = "backend.example.test";
    private static final byte[] SECRET = bytes("secret");
    private static final int ROUNDS = 5;
    private static final long ROUND_NANOS = 300_000_000;

    private Benchmark() {}

    /** Signs a base of RFC 9421. */
    private interface Signer {
        byte[] sign(byte[] base) throws GeneralSecurityException;
    }

    /** A signed request and the key that it is signed with. */
    record Signed(String name, Key key, List<Header> headers, byte[] body) {
        Request request() {
            List<Header> sent = new ArrayList<>(headers);
            sent.add(new Header("Host", HOST));
            sent.add(new Header("Content-Type", "application/json"));
            return new Request("POST", TARGET, sent, body);
        }
    }

    public static void main(String[] arguments) throws GeneralSecurityException {
        System.out.printf("%-28s%10s%10s   microseconds for one request%n", "scheme", "no body", "1 KiB");
        List<Signed> empty = signed(new byte[0]);
        List<Signed> full = signed(new byte[1024]);
        for (int i = 0; i < empty.size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "%-28s%10.1f%10.1f%n",
                    empty.get(i).name(),
                    microseconds(empty.get(i), ROUND_NANOS),
                    microseconds(full.get(i), ROUND_NANOS));
        }
    }

    /** For one request, the making of the {@link Request} included. */
    static double microseconds(Signed signed, long roundNanos) {
        // Keeps no nonce for longer than a second, and each request comes two later.
        NonceMemory nonces = new NonceMemory(1, 10);
        SignatureCheck check =
                new SignatureCheck(new Options("authorization", true, 1 << 20, Long.MAX_VALUE), nonces);
        KeySet keys = KeySet.of(signed.key());
        double best = Double.MAX_VALUE;
        long now = NOW;
        for (int round = 0; round < ROUNDS; round++) {
            long began = System.nanoTime();
            long took = 0;
            int count = 0;
            while (took < roundNanos) {
                now += 2;
                if (!check.check(signed.request(), keys, now).isVerified()) {
                    throw new IllegalStateException("the benchmark's request is refused");
                }
                count++;
                took = System.nanoTime() - began;
            }
            best = Math.min(best, took / 1e3 / count);
        }
        return best;
    }

    /** One request for each scheme. */
    static List<Signed> signed(byte[] body) throws GeneralSecurityException {
        List<Signed> all = new ArrayList<>();
        all.add(alibaba(body));
        all.add(huawei(body));
        String credentials = Base64.getEncoder().encodeToString(bytes("key:secret"));
        all.add(
                new Signed(
                        "basic",
                        Key.shared(Scheme.BASIC, "key", "secret"),
                        List.of(new Header("Authorization", "Basic " + credentials)),
                        body));
        Key shared = Key.shared(Scheme.RFC9421_HMAC, "key", "secret");
        all.add(rfc9421(shared, body, base -> Digests.hmacSha256(SECRET, base)));
        KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        all.add(pair(edwards, Signature.getInstance("Ed25519"), body));
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(new ECGenParameterSpec("secp256r1"));
        all.add(pair(curve.generateKeyPair(), Signature.getInstance("SHA256withECDSAinP1363Format"), body));
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1));
        all.add(pair(rsa.generateKeyPair(), pss, body));
        return all;
    }

    private static Signed alibaba(byte[] body) {
        String listed = "X-Ca-Proxy-Signature-Secret-Key";
        String digest = body.length == 0 ? "" : Digests.md5Base64(body);
        String text = "POST\n" + digest + "\n" + Text.asciiLower(listed) + ":key\n" + TARGET;
        String signature = Base64.getEncoder().encodeToString(Digests.hmacSha256(SECRET, bytes(text)));
        return new Signed(
                "alibaba-hmac-sha256",
                Key.shared(Scheme.ALIBABA, "key", "secret"),
                List.of(
                        new Header("X-Ca-Proxy-Signature", signature),
                        new Header(listed, "key"),
                        new Header("X-Ca-Proxy-Signature-Headers", listed)),
                body);
    }

    private static Signed huawei(byte[] body) {
        String canonical =
                "POST\n" + PATH + "/\n" + QUERY + "\nhost:" + HOST + "\nx-sdk-date:" + DATE
                        + "\n\nhost;x-sdk-date\n" + Digests.sha256Hex(body);
        String text = "SDK-HMAC-SHA256\n" + DATE + "\n" + Digests.sha256Hex(bytes(canonical));
        String signature = HexFormat.of().formatHex(Digests.hmacSha256(SECRET, bytes(text)));
        return new Signed(
                "huawei-hmac-sha256",
                Key.shared(Scheme.HUAWEI, "key", "secret"),
                List.of(
                        new Header("X-Sdk-Date", DATE),
                        new Header(
                                "Authorization",
                                "SDK-HMAC-SHA256 Access=key, SignedHeaders=host;x-sdk-date, Signature="
                                        + signature)),
                body);
    }

    private static Signed pair(KeyPair pair, Signature signature, byte[] body)
            throws GeneralSecurityException {
        String publicKey = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
        return rfc9421(
                Key.pair("pair", publicKey),
                body,
                base -> {
                    signature.initSign(pair.getPrivate());
                    signature.update(base);
                    return signature.sign();
                });
    }

    private static Signed rfc9421(Key key, byte[] body, Signer signer)
            throws GeneralSecurityException {
        String digest = "sha-256=:" + Base64.getEncoder().encodeToString(Digests.sha256(body)) + ":";
        String items = "(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\")";
        String params = items + ";created=" + NOW + ";keyid=\"" + key.keyId() + "\";nonce=\"n\"";
        String base =
                "\"@method\": POST\n\"@authority\": " + HOST + "\n\"@path\": " + PATH
                        + "\n\"@query\": ?" + QUERY + "\n\"content-digest\": " + digest
                        + "\n\"@signature-params\": " + params;
        String signature = Base64.getEncoder().encodeToString(signer.sign(bytes(base)));
        return new Signed(
                "rfc9421 " + key.algorithm(),
                key,
                List.of(
                        new Header("Signature-Input", "countersign=" + params),
                        new Header("Signature", "countersign=:" + signature + ":"),
                        new Header("Content-Digest", digest)),
                body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
