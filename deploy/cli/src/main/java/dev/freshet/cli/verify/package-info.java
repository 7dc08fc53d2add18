/**
 * Compares projections with MySQL while both are written to. Start at {@link
 * dev.freshet.cli.verify.Verifier}.
 */
package dev.freshet.cli.verify;
