package dev.countersign.verifier.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The body of a request, read up to a limit, to be read once more. */
final class HeldBody {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final HttpServletRequest request;
    /** Null if nothing was read. */
    private final byte[] bytes;
    private final boolean isTooLarge;
    /** Why reading failed; null if it did not. */
    private final IOException failure;

    private HeldBody(
            HttpServletRequest request, byte[] bytes, boolean isTooLarge, IOException failure) {
        this.request = request;
        this.bytes = bytes;
        this.isTooLarge = isTooLarge;
        this.failure = failure;
    }

    /** A body that is left where it is. */
    static HeldBody untouched(HttpServletRequest request) {
        return new HeldBody(request, null, false, null);
    }

    /** Reads up to the limit; of a body that is longer by its own account nothing. */
    static HeldBody read(HttpServletRequest request, long bytesMax) {
        if (request.getContentLengthLong() > bytesMax) {
            return new HeldBody(request, null, true, null);
        }
        ByteArrayOutputStream held = new ByteArrayOutputStream();
        IOException failure = null;
        try {
            InputStream stream = request.getInputStream();
            byte[] chunk = new byte[CHUNK_BYTES];
            int count = 0;
            while (count >= 0 && held.size() <= bytesMax) {
                held.write(chunk, 0, count);
                int left = (int) Math.min(chunk.length, bytesMax + 1 - held.size());
                count = left == 0 ? -1 : stream.read(chunk, 0, left);
            }
        } catch (IOException e) {
            failure = e;
        }
        return new HeldBody(request, held.toByteArray(), held.size() > bytesMax, failure);
    }

    /** Whether the container's own body is as it was. */
    boolean isUntouched() {
        return bytes == null;
    }

    boolean isTooLarge() {
        return isTooLarge;
    }

    boolean isBroken() {
        return failure != null;
    }

    /** Whether all of it is held. */
    boolean isWhole() {
        return bytes != null && !isTooLarge && failure == null;
    }

    byte[] bytes() {
        return bytes;
    }

    /** What was read, then the rest. */
    ServletInputStream replay() throws IOException {
        return new Replay(new ByteArrayInputStream(bytes), isTooLarge ? request.getInputStream() : null);
    }

    private final class Replay extends ServletInputStream {
        private final ByteArrayInputStream held;
        private final ServletInputStream rest;

        Replay(ByteArrayInputStream held, ServletInputStream rest) {
            this.held = held;
            this.rest = rest;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            int count = held.read(into, at, length);
            if (count >= 0 || length == 0) {
                return Math.max(count, 0);
            }
            if (failure != null) {
                throw failure;
            }
            return rest == null ? -1 : rest.read(into, at, length);
        }

        @Override
        public int available() throws IOException {
            return held.available() > 0 || rest == null ? held.available() : rest.available();
        }

        @Override
        public boolean isFinished() {
            return held.available() == 0 && failure == null && (rest == null || rest.isFinished());
        }

        /** Always: what is not held is waited for. */
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            try {
                listener.onDataAvailable();
                if (isFinished()) {
                    listener.onAllDataRead();
                }
            } catch (IOException e) {
                listener.onError(e);
            }
        }
    }
}
