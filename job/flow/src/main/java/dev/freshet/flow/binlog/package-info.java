/**
 * Parses the bytes of MySQL's binlog events: columns, rows, statements. Depends neither on Flink
 * nor on Debezium nor on a driver. Read {@link dev.freshet.flow.binlog.TableMap} first, then {@link
 * dev.freshet.flow.binlog.RowReader}. {@code LogEvents} in {@code capture.source} calls them, event
 * by event.
 */
package dev.freshet.flow.binlog;
