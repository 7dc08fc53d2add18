package dev.freshet.flow.capture;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import io.debezium.connector.mysql.MySqlConnectorConfig;
import io.debezium.relational.TableId;
import java.util.List;

/** The binlog's connection, which reads rows by {@link BinlogRows}. */
final class LogClient extends BinaryLogClient {
  private final BinlogRows rows;

  LogClient(MySqlConnectorConfig config, List<TableId> captured) {
    super(config.hostname(), config.port(), config.username(), config.password());
    this.rows = new BinlogRows(captured, () -> getBinlogFilename() + ":" + getBinlogPosition());
    registerEventListener(this::forgetTables);
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
