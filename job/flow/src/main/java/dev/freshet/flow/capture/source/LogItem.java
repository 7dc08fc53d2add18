package dev.freshet.flow.capture.source;

import java.util.Objects;
import java.util.Optional;

/**
 * What was read of the binlog.
 *
 * @param captured for capture
 * @param behind where reading goes on behind it; empty where it does not move the place
 */
record LogItem(Captured captured, Optional<LogPlace> behind) {
  LogItem {
    Objects.requireNonNull(captured, "captured");
    Objects.requireNonNull(behind, "behind");
  }
}
