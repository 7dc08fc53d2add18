package dev.freshet.reader;

import dev.freshet.telemetry.TelemetryOptions;
import io.micrometer.registry.otlp.OtlpConfig;
import java.time.Duration;
import java.util.Map;

/** How metrics are exported; all that is not here has Micrometer's default. */
record OtlpSettings(TelemetryOptions options) implements OtlpConfig {
  private static final Duration STEP = Duration.ofSeconds(30);

  @Override
  public String get(String key) {
    // Nothing is taken from properties: all settings are in the one configuration.
    return null;
  }

  @Override
  public String url() {
    return options.endpoint() + "/v1/metrics";
  }

  @Override
  public Duration step() {
    return STEP;
  }

  @Override
  public Map<String, String> resourceAttributes() {
    return Map.of("service.name", Reader.SERVICE);
  }

  @Override
  public Map<String, String> headers() {
    return Map.of();
  }
}
