package dev.freshet.flow.capture.source;

import java.util.Objects;
import java.util.Optional;

/**
 * An item that was read from the binlog.
 *
 * @param captured the record for capture
 * @param behind the position at which reading resumes after this item; empty if the item does not
 *     change it
 */
record LogItem(Captured captured, Optional<LogPosition> behind) {
  LogItem {
    Objects.requireNonNull(captured, "captured");
    Objects.requireNonNull(behind, "behind");
  }
}
