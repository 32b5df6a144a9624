package dev.countersign.verifier;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sends exactly what it is told, with a framing header, and reads to the end. */
public final class RawClient {
    private RawClient() {}

    /** An answer; names of headers are in lower case. */
    public record Answer(int status, Map<String, String> headers, String body) {
        public String refusal() {
            return headers.get("x-countersign-refusal");
        }
    }

    public static Answer send(
            int port, String method, String target, List<Header> headers, byte[] body)
            throws IOException {
        return send(port, method, target, headers, body, false);
    }

    /** `chunked` leaves out the length of the body. */
    public static Answer send(
            int port, String method, String target, List<Header> headers, byte[] body, boolean chunked)
            throws IOException {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        headers.forEach(header -> head.append(header.name()).append(": ").append(header.value()).append("\r\n"));
        if (headers.stream().noneMatch(header -> header.name().equalsIgnoreCase("host"))) {
            head.append("Host: a\r\n");
        }
        if (chunked) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (body.length > 0 || method.equals("POST") || method.equals("PUT")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        head.append("Connection: close\r\n\r\n");
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (chunked) {
            int half = body.length / 2;
            chunk(request, body, 0, half);
            chunk(request, body, half, body.length);
            request.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } else {
            request.writeBytes(body);
        }
        return exchange(port, request.toByteArray());
    }

    private static void chunk(ByteArrayOutputStream out, byte[] body, int from, int to) {
        if (to > from) {
            out.writeBytes((Integer.toHexString(to - from) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body, from, to - from);
            out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    public static Answer exchange(int port, byte[] request) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            try {
                socket.getOutputStream().write(request);
            } catch (SocketException e) {
                // A server that refuses a body may close before it has all of it.
            }
            InputStream in = socket.getInputStream();
            byte[] piece = new byte[65536];
            for (int count = 0; count >= 0; count = read(in, piece)) {
                received.write(piece, 0, count);
            }
        }
        String[] parts = received.toString(StandardCharsets.ISO_8859_1).split("\r\n\r\n", 2);
        String[] lines = parts[0].split("\r\n");
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] header = lines[i].split(":", 2);
            headers.put(Text.asciiLower(header[0]), header[1].strip());
        }
        int status = lines[0].isEmpty() ? 0 : Integer.parseInt(lines[0].split(" ")[1]);
        return new Answer(status, headers, parts.length > 1 ? parts[1] : "");
    }

    private static int read(InputStream in, byte[] piece) throws IOException {
        try {
            return in.read(piece);
        } catch (SocketException e) {
            return -1;
        }
    }
}
