package dev.freshet.flow.capture;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer.EventDataWrapper;
import java.util.Locale;
import java.util.Optional;

/**
 * What the binlog says in words: the statement of the event that is read, and whether the rows that
 * follow are of an XA transaction, of which nobody knows yet whether it commits.
 *
 * <p>Used by the binlog client's thread, before all others that hear of events.
 */
final class BinlogStatements implements BinaryLogClient.EventListener {
  private QueryEventData statement;
  private boolean inXa;

  @Override
  public void onEvent(Event event) {
    EventType type = event.getHeader().getEventType();
    statement = null;
    if (type == EventType.QUERY) {
      EventData data = event.getData();
      statement =
          (QueryEventData)
              (data instanceof EventDataWrapper wrapper ? wrapper.getInternal() : data);
      String begin = begin(statement.getSql());
      if (begin.startsWith("XA ")) {
        inXa = begin.startsWith("XA START") || begin.startsWith("XA END");
        statement = null;
      } else if (begin.equals("BEGIN") || begin.equals("COMMIT") || begin.startsWith("SAVEPOI")) {
        statement = null;
      }
    } else if (type == EventType.XA_PREPARE) {
      inXa = false;
    }
  }

  private static String begin(String sql) {
    return sql.stripLeading()
        .substring(0, Math.min(8, sql.stripLeading().length()))
        .toUpperCase(Locale.ROOT);
  }

  /** Whether rows come now of which nobody knows whether they will be. */
  boolean inXa() {
    return inXa;
  }

  /** The statement of the event that is read, if it is one that may change a table. */
  Optional<QueryEventData> statement() {
    return Optional.ofNullable(statement);
  }
}
