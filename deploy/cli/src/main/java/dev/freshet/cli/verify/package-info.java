/**
 * Compares projections with MySQL while both are written to. {@link
 * dev.freshet.cli.verify.Verifier} compares keys and decides; {@link
 * dev.freshet.cli.verify.VerificationRun} gives it the keys of a view and reports the outcomes;
 * {@link dev.freshet.cli.verify.VerificationLoop} repeats runs. Read {@code Verifier} first.
 */
package dev.freshet.cli.verify;
