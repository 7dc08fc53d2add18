package dev.freshet.reader.config;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The Kafka to which the reader sends requests to jobs. {@link #toString} omits the properties,
 * which may contain secrets.
 *
 * @param bootstrap brokers, {@code host:port} separated by commas; empty if the reader sends no
 *     requests
 * @param topicPrefix prefix of Freshet's topics
 * @param properties properties of Kafka's clients, such as those for TLS
 */
public record Kafka(
    Optional<String> bootstrap, String topicPrefix, Map<String, String> properties) {
  /** No Kafka: the reader sends no requests. */
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
