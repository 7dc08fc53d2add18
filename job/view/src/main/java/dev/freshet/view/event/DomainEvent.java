package dev.freshet.view.event;

import dev.freshet.view.ValueType;
import java.util.Objects;

/**
 * An event of a topic.
 *
 * @param id identifies the event. Deliveries with the same id should be equal; if they are not,
 *     each function says which of them counts
 * @param time when it occurred: microseconds since the epoch, UTC
 * @param row its fields in canonical form, which expressions read as the columns of node 0; the
 *     caller does not change it
 */
public record DomainEvent(String id, long time, Object[] row) {
  public DomainEvent {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(row, "row");
    if (!ValueType.TIMESTAMP.holds(time)) {
      throw new IllegalArgumentException("the time " + time + " µs is beyond all TIMESTAMPs");
    }
  }
}
