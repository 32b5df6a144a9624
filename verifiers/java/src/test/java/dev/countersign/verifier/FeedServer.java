package dev.countersign.verifier;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Plays the gateway's key feed as the contract says; `fail` makes it answer otherwise. */
final class FeedServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Asked> asked = new ArrayList<>();
    private String keys;
    private long revision = 1;
    private int fail;
    private String token = "token";
    private boolean holdsPolls;
    private boolean holdsAnswers;

    record Asked(int seconds, String etag) {}

    FeedServer(String... keys) throws IOException {
        this.keys = String.join(",", keys);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/base/api/v1/verifier/keys", this::answer);
        server.start();
    }

    static String active(String signKey, String secret) {
        return record(signKey, "active", ",\"secret\":\"" + secret + "\"");
    }

    static String next(String signKey, String secret) {
        return record(signKey, "next", ",\"secret\":\"" + secret + "\"");
    }

    static String retired(String signKey) {
        return record(signKey, "retired", "");
    }

    private static String record(String signKey, String state, String more) {
        return "{\"scheme\":\"alibaba-hmac-sha256\",\"sign_key\":\"" + signKey
                + "\",\"name\":\"orders\",\"version\":3,\"state\":\"" + state + "\"" + more + "}";
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/base/");
    }

    synchronized void change(String... keys) {
        revision++;
        this.keys = String.join(",", keys);
        notifyAll();
    }

    synchronized void setUpAnew(String... keys) {
        revision = 0;
        change(keys);
    }

    synchronized void fail(int status) {
        fail = status;
        notifyAll();
    }

    synchronized void revoke() {
        token = "another";
        notifyAll();
    }

    /** Polls wait for their time, whatever changes. */
    synchronized void holdPolls() {
        holdsPolls = true;
    }

    /** Answers to questions wait until they are let go, as old as they then are. */
    synchronized void holdAnswers(boolean hold) {
        holdsAnswers = hold;
        notifyAll();
    }

    synchronized long questions() {
        return asked.stream().filter(one -> one.seconds == 0).count();
    }

    synchronized List<Asked> asked() {
        return List.copyOf(asked);
    }

    synchronized void awaitPoll() throws InterruptedException {
        while (asked.stream().noneMatch(one -> one.seconds == 25)) {
            wait();
        }
    }

    synchronized void awaitQuestions(long count) throws InterruptedException {
        while (questions() < count) {
            wait();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        int wait = Integer.parseInt(exchange.getRequestURI().getQuery().substring("wait=".length()));
        String etag = exchange.getRequestHeaders().getFirst("If-None-Match");
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        int status;
        byte[] body = {};
        synchronized (this) {
            asked.add(new Asked(wait, etag));
            notifyAll();
            try {
                while (wait > 0 && fail == 0 && isAllowed(authorization)
                        && (holdsPolls || tag().equals(etag))) {
                    wait();
                }
            } catch (InterruptedException e) {
                return;
            }
            status = fail != 0 ? fail : !isAllowed(authorization) ? 401 : tag().equals(etag) ? 304 : 200;
            if (status == 200) {
                exchange.getResponseHeaders().set("ETag", tag());
                body = ("{\"revision\":" + revision + ",\"grace_seconds\":60,\"keys\":[" + keys + "]}")
                        .getBytes(StandardCharsets.UTF_8);
            }
            try {
                while (wait == 0 && holdsAnswers) {
                    wait();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private boolean isAllowed(String authorization) {
        return ("Bearer " + token).equals(authorization);
    }

    private String tag() {
        return "\"" + revision + "-" + Integer.toHexString(keys.hashCode()) + "\"";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
