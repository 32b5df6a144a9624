/**
 * Checks that a request came through a Countersign gateway and was not altered on the way.
 *
 * <p>Begin at {@link dev.countersign.verifier.Verifier}.
 */
package dev.countersign.verifier;
