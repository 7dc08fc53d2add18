package dev.freshet.telemetry;

import java.io.Serializable;
import java.util.Objects;

/**
 * Where telemetry goes.
 *
 * @param endpoint the address of a collector that takes OTLP over HTTP, without a slash at the end;
 *     the signal's path, such as {@code /v1/traces}, is appended. Empty if nothing is exported
 * @param sample the fraction of traces that are exported, from 0 to 1
 */
public record TelemetryOptions(String endpoint, double sample) implements Serializable {
  /** Nothing is exported. */
  public static final TelemetryOptions NONE = new TelemetryOptions("", 0);

  public TelemetryOptions {
    Objects.requireNonNull(endpoint, "endpoint");
    if (!(sample >= 0 && sample <= 1)) {
      throw new IllegalArgumentException("sample is " + sample + "; it must be from 0 to 1");
    }
  }

  /** Whether anything is exported. */
  public boolean isOn() {
    return !endpoint.isEmpty();
  }
}
