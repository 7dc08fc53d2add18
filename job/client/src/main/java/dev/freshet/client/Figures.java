package dev.freshet.client;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What a client counts; nothing unless somebody wants to know. */
interface Figures {
  /** Nobody does. */
  Figures NONE = new Figures() {};

  /** A call is over. */
  default void called(String operation, String outcome, Duration took) {}

  /** An attempt failed and another is made. */
  default void retried(String operation) {}

  /** An event came. */
  default void event(String type) {}

  /** A stream's connection is made again. */
  default void reconnected() {}

  /**
   * Into a registry.
   *
   * <ul>
   *   <li>{@code freshet_client_call_seconds} by operation and outcome: {@code ok}, a problem's
   *       kind, or {@code unreachable}
   *   <li>{@code freshet_client_retries_total} by operation
   *   <li>{@code freshet_client_events_total} by type: {@code answer}, {@code doubt}
   *   <li>{@code freshet_client_reconnects_total}
   * </ul>
   */
  static Figures in(MeterRegistry registry) {
    return new Figures() {
      @Override
      public void called(String operation, String outcome, Duration took) {
        Timer.builder("freshet.client.call")
            .description("Time of a call with all its attempts")
            .tag("operation", operation)
            .tag("outcome", outcome)
            .register(registry)
            .record(took);
      }

      @Override
      public void retried(String operation) {
        Counter.builder("freshet.client.retries")
            .description("Attempts after the first")
            .tag("operation", operation)
            .register(registry)
            .increment();
      }

      @Override
      public void event(String type) {
        Counter.builder("freshet.client.events")
            .description("Events of streams")
            .tag("type", type)
            .register(registry)
            .increment();
      }

      @Override
      public void reconnected() {
        Counter.builder("freshet.client.reconnects")
            .description("Connections of streams that were made again")
            .register(registry)
            .increment();
      }
    };
  }
}
