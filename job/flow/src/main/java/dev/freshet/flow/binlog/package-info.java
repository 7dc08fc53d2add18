/**
 * The bytes of MySQL's binlog events: columns, rows, statements. No Flink, no Debezium, no driver.
 * Read {@link dev.freshet.flow.binlog.TableMap} first, then {@link
 * dev.freshet.flow.binlog.RowReader}.
 */
package dev.freshet.flow.binlog;
