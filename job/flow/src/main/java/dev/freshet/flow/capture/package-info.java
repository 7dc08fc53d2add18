/**
 * Capture merges MySQL's snapshot and binlog into one log: events for the nodes, in order, with a
 * watermark at each transaction end. This package contains its Flink operator and the classes that
 * decide for it: the position of a change in the log ({@code LogClock}), the nodes that it concerns
 * ({@code Derivation}), the events that are injected between two transactions ({@code Injection}),
 * and the failover to another server ({@code SourceSwitch}).
 *
 * <p>Read {@link dev.freshet.flow.capture.Capture} first, then {@code LogClock}. {@link
 * dev.freshet.flow.capture.source} reads MySQL; {@link dev.freshet.flow.capture.inject} has
 * retries, repairs and rebuilds. Those two packages do not depend on this one.
 */
package dev.freshet.flow.capture;
