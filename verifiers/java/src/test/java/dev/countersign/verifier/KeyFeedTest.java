package dev.countersign.verifier;

import static dev.countersign.verifier.FeedServer.active;
import static dev.countersign.verifier.FeedServer.next;
import static dev.countersign.verifier.FeedServer.retired;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KeyFeedTest {
    private static final String OLD = active("old", "old-secret");
    private static final String NEW = active("new", "new-secret");

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final AtomicLong clock = new AtomicLong(5);
    private FeedServer server;
    private KeyFeed feed;
    private Verifier verifier;

    private void start(String... keys) throws Exception {
        server = new FeedServer(keys);
        VerifierListener listener =
                new VerifierListener() {
                    @Override
                    public void feedFailed(String why) {
                        events.add(why);
                    }

                    @Override
                    public void keysChanged(int count) {
                        events.add("changed");
                    }
                };
        feed = KeyFeed.builder(server.address(), "token").listener(listener).nanoClock(clock::get).start();
        verifier = Verifier.builder(feed).build();
    }

    /** Until the first keys are there and a long poll is under way. */
    private void startAndPoll(String... keys) throws Exception {
        start(keys);
        await("changed");
        server.awaitPoll();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            feed.close();
            server.close();
        }
    }

    private void await(String event) throws InterruptedException {
        String seen;
        do {
            seen = events.poll(20, TimeUnit.SECONDS);
        } while (seen != null && !seen.equals(event));
        assertEquals(event, seen);
    }

    private String outcome(String signKey, String secret) {
        return Vectors.outcome(verifier.verify(Signer.get(signKey, secret)));
    }

    private void passSeconds(double seconds) {
        clock.addAndGet((long) (seconds * 1e9));
    }

    @Test
    void theFirstRequestWaitsForKeys() throws Exception {
        start(OLD);
        assertEquals("ok", outcome("old", "old-secret"));
    }

    @Test
    void ageAndReadiness() throws Exception {
        start(OLD);
        assertTrue(feed.awaitReady(Duration.ofSeconds(20)));
        await("changed");
        server.awaitPoll();
        passSeconds(7);
        assertEquals(7, verifier.keyAgeSeconds().orElseThrow());
        assertTrue(Verifier.builder(KeySet.of()).build().keyAgeSeconds().isEmpty());
    }

    @Test
    void aChangeComesByThePoll() throws Exception {
        startAndPoll(OLD);
        server.change(NEW);
        await("changed");
        long questions = server.questions();
        assertEquals("ok", outcome("new", "new-secret"));
        assertEquals(questions, server.questions());
        List<FeedServer.Asked> asked = server.asked();
        assertEquals(0, asked.get(0).seconds());
        assertEquals(25, asked.get(1).seconds());
        assertTrue(asked.get(1).etag().startsWith("\"1-"));
    }

    @Test
    void theTimeOfGrace() throws Exception {
        startAndPoll(OLD);
        server.change(NEW, retired("old"));
        await("changed");
        passSeconds(59.9);
        assertEquals("ok", outcome("old", "old-secret"));
        assertEquals("ok", outcome("new", "new-secret"));
        passSeconds(0.2);
        assertEquals("retired_sign_key", outcome("old", "old-secret"));
        assertEquals("ok", outcome("new", "new-secret"));
    }

    @Test
    void aKeyThatWasNeverActiveHasNoGrace() throws Exception {
        startAndPoll(OLD, next("new", "new-secret"));
        assertEquals("ok", outcome("new", "new-secret"));
        server.change(OLD);
        await("changed");
        assertEquals("unknown_sign_key", outcome("new", "new-secret"));
    }

    @Test
    void aSecretThatChangesAlone() throws Exception {
        startAndPoll(OLD);
        server.change(active("old", "other"));
        await("changed");
        assertEquals("ok", outcome("old", "other"));
        assertEquals("ok", outcome("old", "old-secret"));
        assertEquals("signature_differs", outcome("old", "third"));
        passSeconds(61);
        assertEquals("signature_differs", outcome("old", "old-secret"));
    }

    @Test
    void aRequestThatIsFasterThanTheFeed() throws Exception {
        startAndPoll(OLD);
        server.holdPolls();
        server.change(active("old", "2"));
        assertEquals("ok", outcome("old", "2"));
        server.change(NEW);
        assertEquals("ok", outcome("new", "new-secret"));
        server.change("{\"scheme\":\"basic\",\"sign_key\":\"b\",\"secret\":\"s\"}");
        assertEquals("ok", Vectors.outcome(verifier.verify(Signer.basic("b", "s"))));
        passSeconds(61);
        assertEquals("no_signature", outcome("new", "new-secret"));
        server.change(retired("new"));
        assertEquals("retired_sign_key", outcome("new", "new-secret"));
        server.change(NEW);
        assertEquals("ok", outcome("new", "new-secret"));
    }

    @Test
    void manyWhoAskShareOneQuestion() throws Exception {
        startAndPoll(OLD);
        server.holdPolls();
        long before = server.questions();
        server.change(NEW);
        List<String> outcomes = inParallel(50, () -> outcome("new", "new-secret"));
        assertTrue(outcomes.stream().allMatch("ok"::equals), outcomes::toString);
        assertTrue(server.questions() - before <= 2);
    }

    @Test
    void aRequestWaitsForAQuestionThatBeganAfterIt() throws Exception {
        startAndPoll(OLD);
        server.holdPolls();
        long before = server.questions();
        server.holdAnswers(true);
        CompletableFuture<String> first =
                CompletableFuture.supplyAsync(() -> outcome("stranger", "x"));
        server.awaitQuestions(before + 1);
        server.change(OLD, NEW);
        // This one comes while a question is under way whose answer does not have its key.
        CompletableFuture<String> second =
                CompletableFuture.supplyAsync(() -> outcome("new", "new-secret"));
        server.holdAnswers(false);
        assertEquals("unknown_sign_key", first.get());
        assertEquals("ok", second.get());
        assertTrue(server.questions() - before <= 2);
    }

    @Test
    void strangersAskTenTimesASecondAtMost() throws Exception {
        startAndPoll(OLD);
        long before = server.questions();
        long began = System.nanoTime();
        List<String> outcomes =
                inParallel(
                        20,
                        () -> {
                            String last = "";
                            for (int i = 0; i < 5; i++) {
                                last = outcome("stranger", "x");
                            }
                            return last;
                        });
        double took = (System.nanoTime() - began) / 1e9;
        assertTrue(outcomes.stream().allMatch("unknown_sign_key"::equals), outcomes::toString);
        assertTrue(server.questions() - before <= took * 10 + 1);
    }

    @Test
    void theLastGoodKeysServeWhileTheFeedFails() throws Exception {
        startAndPoll(OLD);
        long began = System.nanoTime();
        server.fail(500);
        for (int i = 0; i < 3; i++) {
            await("the feed answers 500");
        }
        // 0.1 and 0.2 seconds between the three.
        assertTrue(System.nanoTime() - began >= 250_000_000L);
        assertEquals("ok", outcome("old", "old-secret"));
        assertEquals("unknown_sign_key", outcome("stranger", "x"));
        passSeconds(100);
        assertEquals(100, feed.ageSeconds().orElseThrow());
        server.fail(0);
        server.change(NEW);
        await("changed");
        assertEquals("ok", outcome("new", "new-secret"));
        assertEquals(0, feed.ageSeconds().orElseThrow());
    }

    @Test
    void aRevokedToken() throws Exception {
        startAndPoll(OLD);
        server.revoke();
        await("the feed refuses the token");
        assertEquals("ok", outcome("old", "old-secret"));
    }

    @Test
    void aGatewayThatIsGone() throws Exception {
        startAndPoll(OLD);
        server.close();
        String why = events.poll(20, TimeUnit.SECONDS);
        assertTrue(why.startsWith("the feed cannot be reached"), why);
        assertEquals("ok", outcome("old", "old-secret"));
    }

    @Test
    void aGatewaySetUpAnewCountsFromOne() throws Exception {
        startAndPoll(OLD);
        server.change(OLD, NEW);
        await("changed");
        server.setUpAnew(NEW);
        await("changed");
        assertEquals("ok", outcome("new", "new-secret"));
    }

    /** As a gateway does: the feed knows a key before a request is signed with it. */
    @Test
    void keysChangeWhileRequestsRun() throws Exception {
        startAndPoll(OLD);
        AtomicReference<String[]> current = new AtomicReference<>(new String[] {"old", "old-secret"});
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong count = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<List<String>>> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            runs.add(threads.submit(() -> {
                List<String> refused = new ArrayList<>();
                while (!stop.get()) {
                    String[] key = current.get();
                    String outcome = outcome(key[0], key[1]);
                    count.incrementAndGet();
                    if (!outcome.equals("ok")) {
                        refused.add(key[0] + ": " + outcome);
                    }
                }
                return refused;
            }));
        }
        for (int version = 2; version < 42; version++) {
            String[] key = {"key" + version % 3, "secret" + version};
            server.change(active(key[0], key[1]), retired(current.get()[0]));
            current.set(key);
            // Counted from here: requests with the key before do not show that this one is known.
            long seen = count.get();
            while (count.get() < seen + 20) {
                Thread.onSpinWait();
            }
        }
        stop.set(true);
        for (Future<List<String>> run : runs) {
            assertEquals(List.of(), run.get());
        }
        threads.shutdown();
        assertTrue(count.get() >= 40 * 20);
    }

    @Test
    void aClosedFeedAnswersAtOnce() throws Exception {
        startAndPoll(OLD);
        feed.close();
        long questions = server.questions();
        assertEquals("unknown_sign_key", outcome("stranger", "x"));
        assertEquals("ok", outcome("old", "old-secret"));
        assertEquals(questions, server.questions());
    }

    @Test
    void whatTheFeedMayNotSay() throws Exception {
        for (String body : List.of("", "[]", "{}", "{\"keys\":{}}", "[".repeat(100_000),
                "{\"keys\":[]}", "{\"keys\":[],\"revision\":\"1\",\"grace_seconds\":1}",
                "{\"keys\":[],\"revision\":1,\"grace_seconds\":-1}",
                "{\"keys\":[],\"revision\":1,\"grace_seconds\":1e300}", "{\"keys\":[]} x")) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            assertThrows(FeedException.class, () -> FeedDocument.read(bytes), body);
        }
        assertThrows(FeedException.class, () -> FeedDocument.read(new byte[] {(byte) 0xFF}));
        FeedDocument document = FeedDocument.read(("{\"revision\":1,\"grace_seconds\":1.5,\"keys\":[7,{},"
                + "{\"scheme\":\"new\",\"sign_key\":\"k\"},"
                + "{\"scheme\":\"basic\",\"sign_key\":\"k\",\"secret\":\"planted\"},"
                + "{\"scheme\":\"basic\",\"sign_key\":\"k\",\"secret\":\"planted\\ud800\"}]}")
                .getBytes(StandardCharsets.UTF_8));
        assertEquals(1, document.keys().size());
        assertEquals(4, document.problems().size());
        assertFalse(document.toString().contains("planted"));
    }

    @Test
    void noSecretIsShown() {
        try (KeyFeed gone = KeyFeed.start(URI.create("http://127.0.0.1:1/x"), "planted")) {
            assertEquals("KeyFeed[http://127.0.0.1:1/x/api/v1/verifier/keys]", gone.toString());
        }
        for (String token : List.of("", "planted\n", "planted\u00e9")) {
            Exception thrown = assertThrows(IllegalArgumentException.class,
                    () -> KeyFeed.start(URI.create("http://127.0.0.1:1"), token));
            assertFalse(thrown.getMessage().contains("planted"));
        }
        for (String address : List.of("ftp://x", "x", "http:///a", "http://x/?a=1")) {
            assertThrows(IllegalArgumentException.class,
                    () -> KeyFeed.start(URI.create(address), "t"));
        }
    }

    private static List<String> inParallel(int count, Callable<String> work)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<String> results = new ArrayList<>();
            for (Future<String> result : threads.invokeAll(Collections.nCopies(count, work))) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }
}
