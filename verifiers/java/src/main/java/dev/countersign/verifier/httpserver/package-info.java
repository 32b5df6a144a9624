/** The verifier before a handler of the JDK's own HTTP server. */
package dev.countersign.verifier.httpserver;
