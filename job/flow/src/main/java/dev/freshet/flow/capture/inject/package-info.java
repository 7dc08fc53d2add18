/**
 * The events that enter the log besides the binlog: retries of rows, repairs of keys, and rebuilds
 * that the store requests; and the reads from MySQL for them. The classes keep the waiting requests
 * and know which are due; {@code Injection} in the parent package decides when they take effect.
 *
 * <p>{@link dev.freshet.flow.capture.inject.Intake} lets messages from Kafka pass, and sets aside a
 * message that makes the job fail; the row of a retry that was set aside becomes a dead letter.
 * {@code RefusedMessages} logs the messages that are left out.
 *
 * <p>Read {@link dev.freshet.flow.capture.inject.RetryQueue} first, then {@link
 * dev.freshet.flow.capture.inject.Repairs} and {@link dev.freshet.flow.capture.inject.RowReads}.
 */
package dev.freshet.flow.capture.inject;
