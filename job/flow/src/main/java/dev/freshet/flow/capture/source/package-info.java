/**
 * Reads MySQL's snapshot and binlog with Flink CDC and Debezium, and translates them into {@link
 * dev.freshet.flow.capture.source.Captured}: rows with the columns of the nodes, transaction ends,
 * and views that can no longer be maintained. Everything that depends on these libraries, on the
 * events of the binlog, or on MySQL's schema is in this package.
 *
 * <p>Read {@link dev.freshet.flow.capture.source.Captured} first, then {@code LogEvents}, which
 * reads the events of the binlog, {@code TableFormats}, which decides which value of a row belongs
 * to which column, and {@code SchemaChanges}, which decides what a DDL statement of the binlog
 * changes. {@link dev.freshet.flow.binlog} parses the bytes of the events.
 */
package dev.freshet.flow.capture.source;
