package dev.freshet.reader.config;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where requests to jobs go. The text form leaves the properties out.
 *
 * @param bootstrap empty when this reader hands no requests over
 * @param topicPrefix of all topics
 * @param properties of Kafka's clients, such as those of TLS
 */
public record Kafka(
    Optional<String> bootstrap, String topicPrefix, Map<String, String> properties) {
  /** None. */
  public static final Kafka NONE = new Kafka(Optional.empty(), "freshet", Map.of());

  public Kafka {
    Objects.requireNonNull(bootstrap, "bootstrap");
    Objects.requireNonNull(topicPrefix, "topicPrefix");
    properties = Map.copyOf(properties);
  }

  @Override
  public String toString() {
    return bootstrap.map(servers -> servers + "/" + topicPrefix).orElse("none");
  }
}
