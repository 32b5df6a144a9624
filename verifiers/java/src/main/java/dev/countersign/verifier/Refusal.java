package dev.countersign.verifier;

import java.util.Locale;

/** Why a request is refused. */
public enum Refusal {
    NO_SIGNATURE,
    BODY_TOO_LARGE,
    MALFORMED,
    SIGNED_HEADER_MISSING,
    UNKNOWN_SIGN_KEY,
    RETIRED_SIGN_KEY,
    EXPIRED,
    BODY_DIGEST_DIFFERS,
    SIGNATURE_DIFFERS,
    REPLAYED;

    /** The header of an answer, and in observe mode of the request, that has the name. */
    public static final String HEADER = "X-Countersign-Refusal";

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The name that is the same in every language, header, log and metric. */
    public String wireName() {
        return wireName;
    }

    /** The JSON body of the answer 401. */
    public String answerBody() {
        return "{\"error\":\"" + wireName + "\"}";
    }

    @Override
    public String toString() {
        return wireName;
    }
}
