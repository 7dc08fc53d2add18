package dev.freshet.flow.capture;

import dev.freshet.flow.Handling;
import dev.freshet.view.Table;
import java.time.Duration;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.flink.cdc.connectors.mysql.source.LogSource;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfigFactory;
import org.apache.flink.cdc.connectors.mysql.table.StartupOptions;

/** Configures Flink CDC for the tables of a job. */
final class CdcSource {
  private static final int FETCH_ROWS = 8192;
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Debezium asks for heartbeats at this part of the keep-alive's interval. */
  private static final double HEARTBEAT_PART = 0.8;

  private static final Pattern REGEX_SIGN = Pattern.compile("[^A-Za-z0-9_]");

  private CdcSource() {}

  static LogSource of(Tables tables, SourceOptions options, Handling handling) {
    MySqlSourceConfigFactory factory = new MySqlSourceConfigFactory();
    factory
        .hostname(options.host())
        .port(options.port())
        .username(options.user())
        .password(options.password())
        .databaseList(
            tables.sources().stream()
                .map(source -> exactly(source.any().database()))
                .distinct()
                .toArray(String[]::new))
        .tableList(
            tables.sources().stream().map(source -> exactly(source.any())).toArray(String[]::new))
        .serverId(String.valueOf(options.serverId()))
        .serverTimeZone("UTC")
        .startupOptions(StartupOptions.initial())
        .splitSize(options.chunkSize())
        .chunkKeyColumn(ChunkColumns.of(tables))
        // What happens while a chunk is read comes from the binlog, after all chunks. Flink CDC
        // would sort it into chunks, by keys that it compares otherwise than MySQL does.
        .skipSnapshotBackfill(true)
        .fetchSize(FETCH_ROWS)
        .treatTinyInt1AsBoolean(false)
        .useLegacyJsonFormat(false)
        .heartbeatInterval(Duration.ZERO)
        .connectTimeout(CONNECT)
        .jdbcProperties(jdbc(options))
        .debeziumProperties(debezium(options));
    return new LogSource(factory, NothingDeserialized.INSTANCE, new LogReaders(tables, handling));
  }

  private static Properties jdbc(SourceOptions options) {
    Properties properties = new Properties();
    properties.setProperty("allowPublicKeyRetrieval", "true");
    // TIMESTAMP columns are read in UTC, whatever the server's own zone.
    properties.setProperty("connectionTimeZone", "UTC");
    properties.setProperty("forceConnectionTimeZoneToSession", "true");
    properties.setProperty("queryInterceptors", BinlogStatusInterceptor.class.getName());
    properties.putAll(options.properties());
    return properties;
  }

  private static Properties debezium(SourceOptions options) {
    Properties properties = new Properties();
    properties.setProperty("poll.interval.ms", String.valueOf(options.pollInterval().toMillis()));
    properties.setProperty("max.batch.size", "8192");
    properties.setProperty("max.queue.size", "32768");
    properties.setProperty("decimal.handling.mode", "precise");
    properties.setProperty("bigint.unsigned.handling.mode", "precise");
    properties.setProperty("time.precision.mode", "adaptive_time_microseconds");
    properties.setProperty("binary.handling.mode", "bytes");
    // Year 12 is not 2012.
    properties.setProperty("enable.time.adjuster", "false");
    properties.setProperty("connect.keep.alive", "false");
    properties.setProperty(
        "connect.keep.alive.interval.ms",
        String.valueOf(Math.round(BinlogConnection.HEARTBEAT.toMillis() / HEARTBEAT_PART)));
    properties.putAll(BinlogTls.of(options.properties()));
    return properties;
  }

  private static String exactly(Table table) {
    return exactly(table.database()) + "\\." + exactly(table.name());
  }

  private static String exactly(String name) {
    return REGEX_SIGN.matcher(name).replaceAll("\\\\$0");
  }
}
