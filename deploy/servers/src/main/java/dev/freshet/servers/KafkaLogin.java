package dev.freshet.servers;

import java.util.Map;

/**
 * The account with which clients log in to a Kafka broker (SCRAM-SHA-256).
 *
 * @param user its name
 * @param password its password; {@link #toString} does not show it
 */
public record KafkaLogin(String user, String password) {
  /** The mechanism of clients. With PLAIN, a client would show its password to any server. */
  static final String MECHANISM = "SCRAM-SHA-256";

  public KafkaLogin {
    if (!user.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException(
          "Kafka: user '" + user + "' may have only letters, digits, - and _; choose another");
    }
    Passwords.required("Kafka", password);
  }

  /** A login of the user {@code freshet} with a generated password. */
  public static KafkaLogin generate() {
    return new KafkaLogin("freshet", Passwords.generate());
  }

  /** The properties of clients, without {@link #jaas}. */
  public static Map<String, String> properties() {
    return Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", MECHANISM);
  }

  /** The value of the property {@code sasl.jaas.config}, which is a secret. */
  public String jaas() {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password);
  }

  @Override
  public String toString() {
    return "KafkaLogin[" + user + "]";
  }
}
