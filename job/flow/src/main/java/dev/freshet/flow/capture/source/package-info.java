/**
 * Reads MySQL's snapshot and binlog with Flink CDC and Debezium, and makes {@link
 * dev.freshet.flow.capture.source.Captured} of it: rows as the nodes see them, the ends of
 * transactions, and views that can no longer be maintained. Everything that knows these libraries,
 * the format of the binlog, or MySQL's schema is here.
 *
 * <p>Read {@link dev.freshet.flow.capture.source.Captured} first, then {@code LogEvents}, which
 * reads the events of the binlog, and {@code TableFormats}, which says which value of a row belongs
 * to which column.
 */
package dev.freshet.flow.capture.source;
