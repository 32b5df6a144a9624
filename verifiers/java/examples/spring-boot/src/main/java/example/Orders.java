package example;

import dev.countersign.verifier.KeyFeed;
import dev.countersign.verifier.Verdict;
import dev.countersign.verifier.Verifier;
import dev.countersign.verifier.servlet.CountersignFilter;
import java.net.URI;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/** A whole application whose requests have to come through the gateway. */
@SpringBootApplication
@RestController
public class Orders {
    public static void main(String[] arguments) {
        SpringApplication.run(Orders.class, arguments);
    }

    /** The application's end closes it. */
    @Bean
    KeyFeed keys(
            @Value("${countersign.gateway}") URI gateway, @Value("${countersign.token}") String token) {
        return KeyFeed.start(gateway, token);
    }

    /** Before all filters that read the body or ask for parameters. */
    @Bean
    FilterRegistrationBean<CountersignFilter> countersign(KeyFeed keys) {
        var filter = new CountersignFilter(Verifier.builder(keys).build());
        var registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    @GetMapping("/")
    String root(@RequestAttribute(CountersignFilter.VERDICT) Verdict verdict) {
        return verdict instanceof Verdict.Verified verified ? "signed by " + verified.signKey() : "not signed";
    }
}
