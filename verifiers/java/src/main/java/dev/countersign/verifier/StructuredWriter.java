package dev.countersign.verifier;

import dev.countersign.verifier.StructuredField.Bare;
import dev.countersign.verifier.StructuredField.Bool;
import dev.countersign.verifier.StructuredField.Bytes;
import dev.countersign.verifier.StructuredField.Decimal;
import dev.countersign.verifier.StructuredField.InnerList;
import dev.countersign.verifier.StructuredField.Int;
import dev.countersign.verifier.StructuredField.Item;
import dev.countersign.verifier.StructuredField.Str;
import dev.countersign.verifier.StructuredField.Token;
import java.util.Base64;
import java.util.Map;

/** Writes inner lists as RFC 8941 section 4.1.1.1 has them, however they were received. */
final class StructuredWriter {
    private StructuredWriter() {}

    static String innerList(InnerList list) {
        StringBuilder out = new StringBuilder("(");
        for (Item item : list.items()) {
            out.append(out.length() == 1 ? "" : " ");
            bare(item.value(), out);
            params(item.params(), out);
        }
        params(list.params(), out.append(')'));
        return out.toString();
    }

    private static void params(Map<String, Bare> params, StringBuilder out) {
        params.forEach(
                (key, value) -> {
                    out.append(';').append(key);
                    if (!value.equals(new Bool(true))) {
                        bare(value, out.append('='));
                    }
                });
    }

    private static void bare(Bare bare, StringBuilder out) {
        if (bare instanceof Int number) {
            out.append(number.value());
        } else if (bare instanceof Decimal number) {
            decimal(number.thousandths(), out);
        } else if (bare instanceof Str string) {
            String escaped = string.value().replace("\\", "\\\\").replace("\"", "\\\"");
            out.append('"').append(escaped).append('"');
        } else if (bare instanceof Token token) {
            out.append(token.value());
        } else if (bare instanceof Bytes bytes) {
            String text = Base64.getEncoder().encodeToString(bytes.value());
            out.append(':').append(text).append(':');
        } else if (bare instanceof Bool bool) {
            out.append(bool.value() ? "?1" : "?0");
        }
    }

    /** At least one digit of the fraction and no more than it has. */
    private static void decimal(long thousandths, StringBuilder out) {
        long size = Math.abs(thousandths);
        out.append(thousandths < 0 ? "-" : "").append(size / 1000).append('.');
        long rest = size % 1000;
        out.append(rest / 100);
        if (rest % 100 != 0) {
            out.append(rest / 10 % 10);
        }
        if (rest % 10 != 0) {
            out.append(rest % 10);
        }
    }
}
