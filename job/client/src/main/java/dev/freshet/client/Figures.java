package dev.freshet.client;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The metrics of a client. The default methods count nothing. */
interface Figures {
  /** Counts nothing. */
  Figures NONE = new Figures() {};

  /** A call ended. */
  default void called(String operation, String outcome, Duration took) {}

  /** An attempt failed, and another follows. */
  default void retried(String operation) {}

  /** An event arrived. */
  default void event(String type) {}

  /** A stream opens another connection. */
  default void reconnected() {}

  /**
   * Counts in a registry:
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
            .description("Connections of streams that were opened again")
            .register(registry)
            .increment();
      }
    };
  }
}
