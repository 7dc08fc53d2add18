package dev.freshet.flow.capture;

import io.debezium.connector.mysql.MySqlDatabaseSchema;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import org.apache.flink.cdc.connectors.mysql.debezium.dispatcher.EventDispatcherImpl;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.util.IOUtils;

/**
 * What a binlog reader works with, with our client and dispatcher in the place of Debezium's and
 * Flink CDC's.
 */
final class LogTaskContext extends StatefulTaskContext {
  private final Tables tables;
  private final LogClient client;
  private LogDispatcher dispatcher;

  LogTaskContext(MySqlSourceConfig config, Tables tables, BinlogConnection connection) {
    super(config, connection.client(), BinlogConnection.forQuestions(config));
    this.tables = tables;
    this.client = connection.client();
  }

  @Override
  public void configure(MySqlSplit split) {
    super.configure(split);
    MySqlDatabaseSchema schema = getDatabaseSchema();
    client
        .rows()
        .checkColumns(
            id -> {
              Table table = schema.tableFor(id);
              return table == null ? BinlogRows.UNKNOWN : table.columns().size();
            });
    dispatcher = new LogDispatcher(this, tables, client);
  }

  @Override
  public EventDispatcherImpl<TableId> getDispatcher() {
    return dispatcher;
  }

  /** Flink CDC's own comes no further than a queue that holds a failure, and leaves the rest. */
  @Override
  public void close() {
    IOUtils.closeAllQuietly(
        this::makeRoom,
        getBinaryLogClient()::disconnect,
        getConnection(),
        getDatabaseSchema(),
        super.getDispatcher(),
        dispatcher);
  }

  /** The client's thread may wait for room; it would not hear that it is to end. */
  private void makeRoom() throws InterruptedException {
    if (getQueue() != null) {
      getQueue().poll();
    }
  }
}
