package dev.freshet.flow.capture;

import io.debezium.connector.mysql.MySqlDatabaseSchema;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.debezium.dispatcher.EventDispatcherImpl;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;

/**
 * What a binlog reader works with, with our client and dispatcher in the place of Debezium's and
 * Flink CDC's.
 */
final class LogTaskContext extends StatefulTaskContext {
  private final List<TableId> captured;
  private final BinlogRows rows;
  private LogDispatcher dispatcher;

  LogTaskContext(MySqlSourceConfig config, List<TableId> captured) {
    this(config, new LogClient(config.getMySqlConnectorConfig(), captured), captured);
  }

  private LogTaskContext(MySqlSourceConfig config, LogClient client, List<TableId> captured) {
    super(config, client, DebeziumUtils.createMySqlConnection(config));
    this.captured = captured;
    this.rows = client.rows();
  }

  @Override
  public void configure(MySqlSplit split) {
    super.configure(split);
    MySqlDatabaseSchema schema = getDatabaseSchema();
    rows.checkColumns(
        id -> {
          Table table = schema.tableFor(id);
          return table == null ? BinlogRows.UNKNOWN : table.columns().size();
        });
    dispatcher = new LogDispatcher(this, captured, rows);
  }

  @Override
  public EventDispatcherImpl<TableId> getDispatcher() {
    return dispatcher;
  }

  @Override
  public void close() throws Exception {
    super.close();
    if (dispatcher != null) {
      dispatcher.close();
    }
  }
}
