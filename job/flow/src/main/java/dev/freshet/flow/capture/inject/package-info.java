/**
 * What comes into the log beside the binlog, between two transactions: rows that are tried again,
 * keys that are repaired, and rebuilds that the store asks for; and how the rows for them are read
 * from MySQL. The classes keep what waits and say what is due; {@code Injection} in the package
 * above decides when it takes effect.
 *
 * <p>Read {@link dev.freshet.flow.capture.inject.RetryQueue} first, then {@link
 * dev.freshet.flow.capture.inject.Repairs} and {@link dev.freshet.flow.capture.inject.RowReads}.
 */
package dev.freshet.flow.capture.inject;
