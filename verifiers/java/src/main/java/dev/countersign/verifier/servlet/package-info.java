/** The verifier as a servlet filter. */
package dev.countersign.verifier.servlet;
