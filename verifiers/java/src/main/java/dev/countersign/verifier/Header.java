package dev.countersign.verifier;

import java.util.Objects;

/** One line of a request's headers, as received. */
public record Header(String name, String value) {
    public Header {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }
}
