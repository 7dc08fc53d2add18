/**
 * Capture makes one log of MySQL's snapshot and binlog: events for the nodes, in order, with
 * watermarks where transactions end. Here is its Flink operator and what decides for it: where in
 * the log a change stands ({@code LogClock}), which nodes it concerns ({@code Derivation}), what is
 * put between two transactions ({@code Injection}), and what happens when the source becomes
 * another server ({@code SourceSwitch}).
 *
 * <p>Read {@link dev.freshet.flow.capture.Capture} first, then {@code LogClock}. How MySQL is read
 * is in {@link dev.freshet.flow.capture.source}; retries, repairs and rebuilds are in {@link
 * dev.freshet.flow.capture.inject}. Those two packages do not know this one.
 */
package dev.freshet.flow.capture;
