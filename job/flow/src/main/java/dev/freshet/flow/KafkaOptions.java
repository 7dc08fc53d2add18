package dev.freshet.flow;

import java.io.Serializable;
import java.util.Map;
import java.util.Objects;

/**
 * The Kafka cluster and topics of the job.
 *
 * @param bootstrap the brokers, {@code host:port} separated by commas
 * @param topicPrefix the prefix of all topic names
 * @param properties properties of Kafka's clients, such as {@code security.protocol}; may contain
 *     secrets
 */
public record KafkaOptions(String bootstrap, String topicPrefix, JobProperties properties)
    implements Serializable {
  public KafkaOptions {
    Objects.requireNonNull(bootstrap, "bootstrap");
    Objects.requireNonNull(topicPrefix, "topicPrefix");
    Objects.requireNonNull(properties, "properties");
  }

  /** Creates options whose properties the job graph holds. */
  public KafkaOptions(String bootstrap, String topicPrefix, Map<String, String> properties) {
    this(bootstrap, topicPrefix, JobProperties.of(properties));
  }

  @Override
  public String toString() {
    return bootstrap + ", topics " + topicPrefix + "…, " + properties;
  }
}
