package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import dev.freshet.view.Table;
import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.flink.cdc.connectors.mysql.source.LogSource;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfigFactory;
import org.apache.flink.cdc.connectors.mysql.table.StartupOptions;

/**
 * Configures Flink CDC for the tables of a job. Flink CDC only manages the splits and their state;
 * this package opens the connections to MySQL.
 */
public final class CdcSource {
  private static final Pattern REGEX_SIGN = Pattern.compile("[^A-Za-z0-9_]");

  private CdcSource() {}

  /** Creates the source of a job. */
  public static LogSource of(Tables tables, SourceOptions options, Handling handling) {
    MySqlSourceConfigFactory factory = new MySqlSourceConfigFactory();
    factory
        .hostname(options.host())
        .port(options.port())
        .username(options.user())
        // It opens no connection, and its configuration is part of the job graph.
        .password("")
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
        .useLegacyJsonFormat(false)
        .heartbeatInterval(Duration.ZERO);
    return new LogSource(
        factory, NothingDeserialized.INSTANCE, new LogReaders(options, tables, handling));
  }

  private static String exactly(Table table) {
    return exactly(table.database()) + "\\." + exactly(table.name());
  }

  private static String exactly(String name) {
    return REGEX_SIGN.matcher(name).replaceAll("\\\\$0");
  }
}
