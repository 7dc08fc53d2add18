package dev.freshet.reader;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The system's clock with an offset that a test sets. */
final class MovableClock implements InstantSource {
  private volatile Duration offset = Duration.ZERO;

  void ahead(Duration by) {
    offset = by;
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(offset);
  }
}
