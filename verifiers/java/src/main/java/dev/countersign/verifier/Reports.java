package dev.countersign.verifier;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/** Logs what someone should see and tells the listener, whose exceptions stop here. */
record Reports(VerifierListener listener) {
    private static final Logger LOG = System.getLogger("dev.countersign.verifier");

    void verdict(Verdict verdict, boolean observed) {
        if (verdict instanceof Verdict.Verified verified) {
            tell(to -> to.verified(verified));
        } else if (verdict instanceof Verdict.Refused refused) {
            LOG.log(Level.WARNING, "{0}: {1}", observed ? "observed" : "refused", refused.refusal());
            tell(to -> to.refused(refused.refusal(), observed));
        }
    }

    void feedFailed(String why) {
        LOG.log(Level.WARNING, "the key feed failed: {0}", why);
        tell(to -> to.feedFailed(why));
    }

    void keysChanged(int count) {
        LOG.log(Level.INFO, "the key feed told {0} keys", count);
        tell(to -> to.keysChanged(count));
    }

    void keyUnusable(String why) {
        LOG.log(Level.WARNING, "a key that cannot be used: {0}", why);
        tell(to -> to.keyUnusable(why));
    }

    private void tell(Consumer<VerifierListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the listener failed", e);
        }
    }
}
