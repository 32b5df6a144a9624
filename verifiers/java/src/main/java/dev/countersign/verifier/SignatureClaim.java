package dev.countersign.verifier;

import dev.countersign.verifier.StructuredField.BadFieldException;
import dev.countersign.verifier.StructuredField.Bare;
import dev.countersign.verifier.StructuredField.Bytes;
import dev.countersign.verifier.StructuredField.InnerList;
import dev.countersign.verifier.StructuredField.Int;
import dev.countersign.verifier.StructuredField.Item;
import dev.countersign.verifier.StructuredField.Member;
import dev.countersign.verifier.StructuredField.Str;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a signature of RFC 9421 says of itself.
 *
 * @param names the covered components, in order
 * @param params the value of `@signature-params`
 * @param expires null if it is not there
 * @param algorithm null if it is not there
 */
record SignatureClaim(
        Set<String> names,
        String params,
        long created,
        Long expires,
        String keyId,
        String nonce,
        String algorithm,
        byte[] signature) {
    static final String LABEL = "countersign";
    static final String INPUT = "signature-input";

    private static final String SIGNATURE = "signature";
    private static final Set<String> DERIVED = Set.of("@method", "@authority", "@path", "@query");

    /** Whether a request carries a signature of our label, or one that cannot be read. */
    static boolean isTold(Request request) {
        if (!request.has(INPUT)) {
            return false;
        }
        try {
            return dictionary(request, INPUT).containsKey(LABEL);
        } catch (BadFieldException e) {
            return true;
        }
    }

    static SignatureClaim read(Request request) throws RefusedException {
        Member member;
        Member signature;
        try {
            member = dictionary(request, INPUT).get(LABEL);
            signature = dictionary(request, SIGNATURE).get(LABEL);
        } catch (BadFieldException e) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        if (!(member instanceof InnerList list)
                || !(signature instanceof Item item)
                || !(item.value() instanceof Bytes bytes)) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        Set<String> names = names(request, list);
        String host = request.text("host");
        if (host != null && !isPrintable(host)) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        Map<String, Bare> params = list.params();
        text(params, "tag");
        Long created = number(params, "created");
        String keyId = text(params, "keyid");
        String nonce = text(params, "nonce");
        if (created == null || keyId == null || nonce == null) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        return new SignatureClaim(
                names,
                StructuredWriter.innerList(list),
                created,
                number(params, "expires"),
                keyId,
                nonce,
                text(params, "alg"),
                bytes.value());
    }

    /** A field of a request, all its lines together. */
    static Map<String, Member> dictionary(Request request, String field) throws BadFieldException {
        return StructuredReader.dictionary(joined(request.values(field)));
    }

    static String joined(List<String> values) {
        return String.join(", ", values);
    }

    private static Set<String> names(Request request, InnerList list) throws RefusedException {
        Set<String> names = new LinkedHashSet<>();
        for (Item item : list.items()) {
            if (!(item.value() instanceof Str name)
                    || !item.params().isEmpty()
                    || !isComponent(name.value())
                    || !names.add(name.value())) {
                throw new RefusedException(Refusal.MALFORMED);
            }
            for (String value : request.values(name.value())) {
                if (!isPrintable(value)) {
                    throw new RefusedException(Refusal.MALFORMED);
                }
            }
        }
        return names;
    }

    /** One of the derived components, or a field name: a token in lower case. */
    private static boolean isComponent(String name) {
        if (DERIVED.contains(name)) {
            return true;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean fits = 'a' <= c && c <= 'z' || '0' <= c && c <= '9';
            if (!fits && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isPrintable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != '\t' && (c < ' ' || c > '~')) {
                return false;
            }
        }
        return true;
    }

    private static Long number(Map<String, Bare> params, String name) throws RefusedException {
        Bare value = params.get(name);
        if (value != null && !(value instanceof Int)) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        return value instanceof Int number ? number.value() : null;
    }

    private static String text(Map<String, Bare> params, String name) throws RefusedException {
        Bare value = params.get(name);
        if (value != null && !(value instanceof Str)) {
            throw new RefusedException(Refusal.MALFORMED);
        }
        return value instanceof Str string ? string.value() : null;
    }
}
