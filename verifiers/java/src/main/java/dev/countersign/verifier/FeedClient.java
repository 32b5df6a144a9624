package dev.countersign.verifier;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the key feed over HTTP. The token is in no text that it prints. */
final class FeedClient {
    private static final String PATH = "/api/v1/verifier/keys";
    private static final int ANSWER_BYTES_MAX = 16 * 1024 * 1024;

    private final HttpClient client;
    private final String address;
    private final String token;

    /** An answer: the document is null if nothing changed, the tag if there is none. */
    record Answer(FeedDocument document, String etag) {}

    FeedClient(URI gateway, String token, HttpClient client) {
        boolean isHttp = "http".equals(gateway.getScheme()) || "https".equals(gateway.getScheme());
        if (!isHttp
                || gateway.getHost() == null
                || gateway.getRawQuery() != null
                || gateway.getRawFragment() != null) {
            throw new IllegalArgumentException("the feed's address is no http or https URL");
        }
        // Not left to HttpClient, whose error would show it.
        if (token.isEmpty() || !token.chars().allMatch(c -> '!' <= c && c <= '~')) {
            throw new IllegalArgumentException("the feed's token is not of visible ASCII");
        }
        if (client != null && client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("the token is for one address: follow no redirects");
        }
        this.client = client != null ? client : defaultClient();
        this.address = gateway.toString().replaceAll("/+$", "") + PATH;
        this.token = token;
    }

    private static HttpClient defaultClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /**
     * Asks once.
     *
     * @param etag null for none; the answer may take `wait` as long as it holds
     * @param margin how long the answer may take besides
     */
    Answer get(String etag, Duration wait, Duration margin)
            throws FeedException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address + "?wait=" + wait.toSeconds()))
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "application/json");
        if (etag != null) {
            request.header("If-None-Match", etag);
        }
        HttpResponse<byte[]> response = send(request.build(), wait.plus(margin));
        if (response.statusCode() == 304 && etag != null) {
            return new Answer(null, etag);
        }
        if (response.statusCode() == 401) {
            throw new FeedException("the feed refuses the token");
        }
        if (response.statusCode() != 200) {
            throw new FeedException("the feed answers " + response.statusCode());
        }
        FeedDocument document = FeedDocument.read(response.body());
        return new Answer(document, response.headers().firstValue("ETag").orElse(null));
    }

    private HttpResponse<byte[]> send(HttpRequest request, Duration timeout)
            throws FeedException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(request, info -> new BoundedBody(ANSWER_BYTES_MAX));
        try {
            // The timeout of a request ends with the headers of its answer; this one does not.
            return sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new FeedException(
                    "the feed cannot be reached: " + e.getCause().getClass().getSimpleName());
        } catch (TimeoutException e) {
            throw new FeedException("the feed does not answer");
        } finally {
            sent.cancel(true);
        }
    }

    @Override
    public String toString() {
        return address;
    }
}
