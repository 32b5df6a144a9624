package dev.countersign.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.countersign.verifier.Vectors.Vector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VectorsTest {
    @Test
    void everyVector() {
        List<String> wrong = new ArrayList<>();
        Set<String> outcomes = new HashSet<>();
        for (Vector vector : Vectors.ALL) {
            Verdict verdict = vector.verifier().build().verify(vector.request());
            String outcome = Vectors.outcome(verdict);
            String key = verdict instanceof Verdict.Verified verified ? verified.signKey() : null;
            outcomes.add(outcome);
            if (!outcome.equals(vector.expect()) || key != null && !key.equals(vector.key())) {
                wrong.add(vector.name() + ": " + outcome + " " + key + ", not " + vector.expect());
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(Vectors.ALL.size() > 500, "the file is all there");
        assertEquals(Refusal.values().length + 1, outcomes.size());
        System.out.println(Vectors.ALL.size() + " vectors");
    }
}
