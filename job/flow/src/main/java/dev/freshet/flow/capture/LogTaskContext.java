package dev.freshet.flow.capture;

import io.debezium.relational.TableId;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.debezium.dispatcher.EventDispatcherImpl;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;

/** What a binlog reader works with, with our dispatcher in the place of Flink CDC's. */
final class LogTaskContext extends StatefulTaskContext {
  private final List<TableId> captured;
  private LogDispatcher dispatcher;

  LogTaskContext(MySqlSourceConfig config, List<TableId> captured) {
    super(
        config,
        DebeziumUtils.createBinaryClient(config.getDbzConfiguration()),
        DebeziumUtils.createMySqlConnection(config));
    this.captured = captured;
  }

  @Override
  public void configure(MySqlSplit split) {
    super.configure(split);
    dispatcher = new LogDispatcher(this, captured);
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
