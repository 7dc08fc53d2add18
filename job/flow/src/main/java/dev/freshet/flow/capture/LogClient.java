package dev.freshet.flow.capture;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import io.debezium.connector.mysql.MySqlConnectorConfig;

/** The binlog's connection, which reads rows by {@link BinlogRows}. */
final class LogClient extends BinaryLogClient {
  private final BinlogStatements statements = new BinlogStatements();
  private final BinlogRows rows;

  LogClient(MySqlConnectorConfig config, Tables tables) {
    super(config.hostname(), config.port(), config.username(), config.password());
    this.rows =
        new BinlogRows(tables, () -> getBinlogFilename() + ":" + getBinlogPosition(), statements);
    registerEventListener(statements);
    registerEventListener(this::forgetTables);
  }

  BinlogStatements statements() {
    return statements;
  }

  BinlogRows rows() {
    return rows;
  }

  /** Debezium sets its own; what it reads rows with is replaced. */
  @Override
  public void setEventDeserializer(EventDeserializer events) {
    rows.install(events);
    super.setEventDeserializer(events);
  }

  /** One without a time stands at the head of every connection and begins no file. */
  private void forgetTables(Event event) {
    if (event.getHeader().getEventType() == EventType.ROTATE
        && event.getHeader().getTimestamp() != 0) {
      rows.forgetTables();
    }
  }
}
