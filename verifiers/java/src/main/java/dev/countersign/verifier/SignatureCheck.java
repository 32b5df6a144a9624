package dev.countersign.verifier;

/** The check of one request against the keys of one moment: no clock, no socket. */
record SignatureCheck(Options options, NonceMemory nonces) {
    /** A scheme that a request carries. */
    private interface Told {
        Key check() throws RefusedException;
    }

    /** Whether a request carries a signature of any scheme. Needs no body. */
    boolean isTold(Request request) {
        return SignatureClaim.isTold(request)
                || Alibaba.isTold(request)
                || Huawei.isTold(request, options.header())
                || Basic.isTold(request, options.header());
    }

    /** The verdict at a moment, in seconds since 1970. Never throws for what a request holds. */
    Verdict check(Request request, KeySet keys, long now) {
        Told told = told(request, keys, now);
        if (told == null) {
            return new Verdict.Refused(Refusal.NO_SIGNATURE);
        }
        if (request.body() == null || request.body().length > options.bodyBytesMax()) {
            return new Verdict.Refused(Refusal.BODY_TOO_LARGE);
        }
        if (!Text.isAscii(request.target())) {
            return new Verdict.Refused(Refusal.MALFORMED);
        }
        try {
            return Verdict.Verified.by(told.check());
        } catch (RefusedException e) {
            return new Verdict.Refused(e.refusal());
        }
    }

    /** The first scheme that the request carries and that there are keys of, or null. */
    private Told told(Request request, KeySet keys, long now) {
        String header = options.header();
        if ((keys.has(Scheme.RFC9421_HMAC) || keys.has(Scheme.RFC9421_KEY_PAIR))
                && SignatureClaim.isTold(request)) {
            return () -> MessageSignature.check(request, keys, now, options, nonces);
        }
        if (keys.has(Scheme.ALIBABA) && Alibaba.isTold(request)) {
            return () -> Alibaba.check(request, keys);
        }
        if (keys.has(Scheme.HUAWEI) && Huawei.isTold(request, header)) {
            return () -> Huawei.check(request, keys, now, options);
        }
        if (keys.has(Scheme.BASIC) && Basic.isTold(request, header)) {
            return () -> Basic.check(request, keys, options);
        }
        return null;
    }
}
