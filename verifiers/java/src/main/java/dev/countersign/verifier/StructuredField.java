package dev.countersign.verifier;

import java.util.List;
import java.util.Map;

/** Values of structured fields (RFC 8941). Parameters keep their order. */
interface StructuredField {
    /** A member of a dictionary. */
    sealed interface Member {}

    /** A member that is a list. */
    record InnerList(List<Item> items, Map<String, Bare> params) implements Member {}

    /** An item of a list, or a member that is no list. */
    record Item(Bare value, Map<String, Bare> params) implements Member {}

    /** A value without parameters. */
    sealed interface Bare {}

    /** At most 15 digits. */
    record Int(long value) implements Bare {}

    /** At most 12 digits and three more. */
    record Decimal(long thousandths) implements Bare {}

    /** Printable ASCII. */
    record Str(String value) implements Bare {}

    /** A token, which is not a string. */
    record Token(String value) implements Bare {}

    /** A byte sequence. */
    record Bytes(byte[] value) implements Bare {}

    /** A boolean. */
    record Bool(boolean value) implements Bare {}

    /** A text that is no dictionary, or a larger one than is read. */
    final class BadFieldException extends Exception {
        private static final long serialVersionUID = 1L;

        BadFieldException() {
            super(null, null, false, false);
        }
    }
}
