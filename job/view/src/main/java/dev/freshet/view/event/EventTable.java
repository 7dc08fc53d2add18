package dev.freshet.view.event;

import dev.freshet.view.Column;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * A topic of events, as {@code CREATE TABLE} declares it.
 *
 * @param name the table's name
 * @param topic the topic's name in Kafka
 * @param format how an event is written
 * @param columns the fields of an event, in the order of {@link DomainEvent#row}
 * @param idColumn index of the field that identifies an event: a STRING
 * @param timeColumn index of the field with the time of an event: a TIMESTAMP_LTZ
 */
public record EventTable(
    String name, String topic, Format format, List<Column> columns, int idColumn, int timeColumn)
    implements Serializable {
  /** The formats of events. */
  public enum Format {
    /** An object of JSON, with a member for each column; other members are ignored. */
    JSON
  }

  public EventTable {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(format, "format");
    columns = List.copyOf(columns);
    Objects.checkIndex(idColumn, columns.size());
    Objects.checkIndex(timeColumn, columns.size());
  }
}
