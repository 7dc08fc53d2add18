package dev.freshet.flow;

import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where the job's streams on Kafka are.
 *
 * @param bootstrap brokers, {@code host:port} with commas between
 * @param topicPrefix what the names of all topics begin with
 * @param properties of Kafka's clients, such as {@code security.protocol}; may hold secrets
 */
public record KafkaOptions(String bootstrap, String topicPrefix, Map<String, String> properties)
    implements Serializable {
  public KafkaOptions {
    Objects.requireNonNull(bootstrap, "bootstrap");
    Objects.requireNonNull(topicPrefix, "topicPrefix");
    // A copy that can be serialised, whatever the caller's map is.
    properties = new TreeMap<>(properties);
  }

  @Override
  public String toString() {
    return bootstrap + ", topics " + topicPrefix + "…, " + properties.keySet();
  }
}
