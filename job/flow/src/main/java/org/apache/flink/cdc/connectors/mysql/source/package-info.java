/**
 * The part of the binlog source that must stand in Flink CDC's own package, because it uses what is
 * package-private there: {@link org.apache.flink.cdc.connectors.mysql.source.LogSource}.
 */
package org.apache.flink.cdc.connectors.mysql.source;
