package dev.freshet.flow.capture;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import io.debezium.connector.mysql.MySqlConnectorConfig;
import java.io.IOException;
import java.net.SocketException;

/** The binlog's connection, which reads rows by {@link BinlogRows}. */
final class LogClient extends BinaryLogClient {
  private final BinlogStatements statements = new BinlogStatements();
  private final BinlogRows rows;
  private volatile long expected;

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

  /** Only the server with this {@code server_id} is to be read. */
  void expect(long server) {
    expected = server;
  }

  /** The address may have begun to mean another server since it was asked who it is. */
  @Override
  protected void requestBinaryLogStream() throws IOException {
    if (getMasterServerId() != expected) {
      throw new SocketException("another server answers than a moment ago");
    }
    super.requestBinaryLogStream();
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
