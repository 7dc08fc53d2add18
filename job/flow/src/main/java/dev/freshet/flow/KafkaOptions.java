package dev.freshet.flow;

import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The Kafka cluster and topics of the job.
 *
 * @param bootstrap the brokers, {@code host:port} separated by commas
 * @param topicPrefix the prefix of all topic names
 * @param properties properties of Kafka's clients, such as {@code security.protocol}; may contain
 *     secrets
 */
public record KafkaOptions(String bootstrap, String topicPrefix, Map<String, String> properties)
    implements Serializable {
  public KafkaOptions {
    Objects.requireNonNull(bootstrap, "bootstrap");
    Objects.requireNonNull(topicPrefix, "topicPrefix");
    // A copy, because the caller's map may not be serializable.
    properties = new TreeMap<>(properties);
  }

  @Override
  public String toString() {
    return bootstrap + ", topics " + topicPrefix + "…, " + properties.keySet();
  }
}
