import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.verifier.KeySet;
import dev.countersign.verifier.Verdict;
import dev.countersign.verifier.Verifier;
import dev.countersign.verifier.httpserver.CountersignHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A whole backend on the JDK's own server. To run it:
 * java -cp countersign-verifier.jar PlainServer.java keys.json 8080
 */
public class PlainServer {
    public static void main(String[] arguments) throws IOException {
        KeySet keys = KeySet.fromFile(Path.of(arguments[0]));
        Verifier verifier = Verifier.builder(keys).build();
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]));
        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/", new CountersignHandler(verifier, PlainServer::answer));
        server.start();
        System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static void answer(HttpExchange exchange) throws IOException {
        Object verdict = exchange.getAttribute(CountersignHandler.VERDICT);
        String signKey = verdict instanceof Verdict.Verified verified ? verified.signKey() : "nobody";
        byte[] body = ("signed by " + signKey + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
