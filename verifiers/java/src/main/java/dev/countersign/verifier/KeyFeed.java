package dev.countersign.verifier;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * The keys that the gateway tells, kept up to date by two daemon threads: one polls, one
 * asks in between for requests that no key fits. The last good keys serve while the
 * gateway is away.
 */
public final class KeyFeed implements KeySource, AutoCloseable {
    static final Duration POLL_WAIT = Duration.ofSeconds(25);
    static final Duration ANSWER_MARGIN = Duration.ofSeconds(10);
    static final Duration QUESTION_WAIT = Duration.ofSeconds(2);
    static final long QUESTION_EVERY_NANOS = 100_000_000;
    static final long BACK_OFF_FIRST_NANOS = 100_000_000;
    static final long BACK_OFF_MAX_NANOS = 5_000_000_000L;

    private final FeedClient client;
    private final Reports reports;
    private final LongSupplier nanoClock;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread poller = daemon("countersign-feed-poll", this::poll);
    private final Thread asker = daemon("countersign-feed-question", this::answerQuestions);

    // All that follows is guarded by this.
    private final Grace grace = new Grace();
    private String etag;
    private Long answeredAt;
    private long changes;
    private boolean isClosed;
    /** Not yet asked; null if nobody waits. */
    private CompletableFuture<Boolean> waiting;
    /** Asked, and not yet answered; null if there is none. */
    private CompletableFuture<Boolean> underWay;

    private KeyFeed(Builder builder) {
        client = new FeedClient(builder.gateway, builder.token, builder.client);
        reports = new Reports(builder.listener);
        nanoClock = builder.nanoClock;
    }

    /**
     * A feed that is not yet asked.
     *
     * @param gateway the address of the management API, such as `https://gateway:9443`
     * @param token the verifier's own
     */
    public static Builder builder(URI gateway, String token) {
        return new Builder(gateway, token);
    }

    /** Begins to follow a feed, with defaults for all else. */
    public static KeyFeed start(URI gateway, String token) {
        return builder(gateway, token).start();
    }

    @Override
    public synchronized KeySet current() {
        return grace.keys(nanoClock.getAsLong());
    }

    @Override
    public synchronized OptionalDouble ageSeconds() {
        return answeredAt == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(0, nanoClock.getAsLong() - answeredAt) / 1e9);
    }

    /** Waits until the feed has told keys; false if it has not in time. */
    public boolean awaitReady(Duration timeout) throws InterruptedException {
        return ready.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean refresh(KeySet seen, Duration atMost) throws InterruptedException {
        try {
            return ask(seen).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends the threads, and the poll that is under way. The last keys stay. */
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            release(false);
            notifyAll();
        }
        poller.interrupt();
        asker.interrupt();
    }

    /**
     * Whether there are other keys than those seen, once a question is answered that began
     * after this call. All who come meanwhile share one question.
     */
    private synchronized CompletableFuture<Boolean> ask(KeySet seen) {
        if (grace.keys(nanoClock.getAsLong()) != seen) {
            return CompletableFuture.completedFuture(true);
        }
        if (isClosed) {
            return CompletableFuture.completedFuture(false);
        }
        if (waiting == null) {
            waiting = new CompletableFuture<>();
            notifyAll();
        }
        return waiting;
    }

    private void poll() {
        long backOff = 0;
        try {
            while (true) {
                long began = System.nanoTime();
                Question question = question();
                try {
                    // The first answer is wanted at once.
                    Duration wait = question.etag == null ? Duration.ZERO : POLL_WAIT;
                    FeedClient.Answer answer = client.get(question.etag, wait, ANSWER_MARGIN);
                    boolean changed = take(answer, question);
                    backOff = 0;
                    // A feed that does not wait is not asked without a pause.
                    if (!changed || answer.etag() == null) {
                        sleepUntil(began + QUESTION_EVERY_NANOS);
                    }
                } catch (FeedException e) {
                    reports.feedFailed(e.getMessage());
                    backOff = Math.min(BACK_OFF_MAX_NANOS, Math.max(BACK_OFF_FIRST_NANOS, 2 * backOff));
                    sleepUntil(System.nanoTime() + backOff);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void answerQuestions() {
        long mayBegin = System.nanoTime();
        try {
            while (true) {
                awaitQuestion();
                sleepUntil(mayBegin);
                Question question = beginQuestion();
                if (question == null) {
                    // The poll was faster.
                    continue;
                }
                mayBegin = System.nanoTime() + QUESTION_EVERY_NANOS;
                try {
                    take(client.get(question.etag, Duration.ZERO, QUESTION_WAIT), question);
                } catch (FeedException e) {
                    reports.feedFailed(e.getMessage());
                }
                endQuestion();
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** What was known when a question was asked. */
    private record Question(String etag, long changes) {}

    private synchronized Question question() {
        return new Question(etag, changes);
    }

    private synchronized void awaitQuestion() throws InterruptedException {
        while (waiting == null) {
            wait();
        }
    }

    private synchronized Question beginQuestion() {
        underWay = waiting;
        waiting = null;
        return underWay == null ? null : question();
    }

    private synchronized void endQuestion() {
        if (underWay != null) {
            underWay.complete(false);
            underWay = null;
        }
    }

    /** Takes the answer to a question; whether it changed the keys. */
    private boolean take(FeedClient.Answer answer, Question question) {
        FeedDocument document = answer.document();
        synchronized (this) {
            answeredAt = nanoClock.getAsLong();
            if (document == null || isOld(answer, question)) {
                ready.countDown();
                return false;
            }
            grace.replace(document, nanoClock.getAsLong());
            etag = answer.etag();
            changes++;
            ready.countDown();
            release(true);
        }
        document.problems().forEach(reports::keyUnusable);
        reports.keysChanged(document.keys().size());
        return true;
    }

    /** Whether another answer brought the same, or overtook this one. */
    private boolean isOld(FeedClient.Answer answer, Question question) {
        if (answer.etag() != null && answer.etag().equals(etag)) {
            return true;
        }
        // A gateway that was set up anew begins to count anew; only an answer that was on
        // the way while another came is an old one.
        return grace.document() != null
                && answer.document().revision() < grace.document().revision()
                && question.changes != changes;
    }

    /** Who waits for a question learns what came of it. */
    private void release(boolean changed) {
        if (waiting != null) {
            waiting.complete(changed);
        }
        if (underWay != null) {
            underWay.complete(changed);
        }
        waiting = null;
        underWay = null;
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        long left = nanos - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public String toString() {
        return "KeyFeed[" + client + "]";
    }

    /** Settings of a feed. */
    public static final class Builder {
        private final URI gateway;
        private final String token;
        private HttpClient client;
        private VerifierListener listener = VerifierListener.NONE;
        private LongSupplier nanoClock = System::nanoTime;

        private Builder(URI gateway, String token) {
            this.gateway = Objects.requireNonNull(gateway, "gateway");
            this.token = Objects.requireNonNull(token, "token");
        }

        /** A client with certificates or a proxy of your own. It must not follow redirects. */
        public Builder client(HttpClient client) {
            this.client = Objects.requireNonNull(client, "client");
            return this;
        }

        /** What is told of changes and failures. */
        public Builder listener(VerifierListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** The monotonic clock of the time of grace and of the age, for tests. */
        Builder nanoClock(LongSupplier clock) {
            this.nanoClock = clock;
            return this;
        }

        /**
         * Begins to ask. Requests that come before the first answer wait for it.
         *
         * @throws IllegalArgumentException for an address or a token that cannot be used
         */
        public KeyFeed start() {
            KeyFeed feed = new KeyFeed(this);
            feed.poller.start();
            feed.asker.start();
            return feed;
        }
    }
}
