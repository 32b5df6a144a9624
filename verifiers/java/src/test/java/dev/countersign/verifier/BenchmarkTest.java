package dev.countersign.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BenchmarkTest {
    @Test
    void itsRequestsAreVerified() throws Exception {
        for (byte[] body : new byte[][] {{}, {1}}) {
            assertEquals(7, Benchmark.signed(body).size());
            for (Benchmark.Signed signed : Benchmark.signed(body)) {
                assertTrue(Benchmark.microseconds(signed, 1_000_000) > 0, signed.name());
            }
        }
    }
}
