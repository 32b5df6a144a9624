package dev.countersign.verifier;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;

/** The date of Huawei's scheme, `YYYYMMDDTHHMMSSZ`. */
final class SdkDate {
    private static final String FORM = "00000000T000000Z";

    private SdkDate() {}

    /** Seconds since 1970; empty for another form, or a day or a second that there is not. */
    static OptionalLong read(String text) {
        if (text == null || text.length() != FORM.length()) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < FORM.length(); i++) {
            char c = text.charAt(i);
            if (FORM.charAt(i) == '0' ? c < '0' || c > '9' : c != FORM.charAt(i)) {
                return OptionalLong.empty();
            }
        }
        try {
            return OptionalLong.of(
                    LocalDateTime.of(
                                    number(text, 0, 4),
                                    number(text, 4, 6),
                                    number(text, 6, 8),
                                    number(text, 9, 11),
                                    number(text, 11, 13),
                                    number(text, 13, 15))
                            .toEpochSecond(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
