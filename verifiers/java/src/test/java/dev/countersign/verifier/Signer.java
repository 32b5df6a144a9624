package dev.countersign.verifier;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Signs requests as the gateway does, in the schemes that need no clock. */
public final class Signer {
    private static final String LISTED = "X-Ca-Proxy-Signature-Secret-Key";

    private Signer() {}

    /** The headers of a request whose target has its parameters sorted, and whose body is no form. */
    public static List<Header> alibaba(
            String method, String target, byte[] body, String signKey, String secret) {
        boolean isDigested = body.length > 0 && (method.equals("POST") || method.equals("PUT"));
        return alibabaOf(method, target, isDigested ? Digests.md5Base64(body) : "", signKey, secret);
    }

    /** The same for a form: the target has all parameters, sorted, those of the body too. */
    public static List<Header> alibabaForm(
            String method, String targetWithForm, String signKey, String secret) {
        return alibabaOf(method, targetWithForm, "", signKey, secret);
    }

    private static List<Header> alibabaOf(
            String method, String target, String digest, String signKey, String secret) {
        String text = method + "\n" + digest + "\n" + LISTED.toLowerCase() + ":" + signKey + "\n" + target;
        byte[] mac = Digests.hmacSha256(bytes(secret), bytes(text));
        return List.of(
                new Header(LISTED, signKey),
                new Header("X-Ca-Proxy-Signature-Headers", LISTED),
                new Header("X-Ca-Proxy-Signature", Base64.getEncoder().encodeToString(mac)));
    }

    public static Request get(String signKey, String secret) {
        byte[] none = {};
        return new Request("GET", "/v1", alibaba("GET", "/v1", none, signKey, secret), none);
    }

    public static Request basic(String signKey, String secret) {
        String pair = Base64.getEncoder().encodeToString(bytes(signKey + ":" + secret));
        return new Request(
                "GET", "/", List.of(new Header("Authorization", "Basic " + pair)), new byte[0]);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
