package dev.freshet.flow.kafka;

import dev.freshet.flow.KafkaOptions;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;

/** The properties of Kafka's clients that run in the job. */
public final class ClientProperties {
  /** Kafka's name for values that are the content of a file. */
  private static final String FILES = "files";

  private ClientProperties() {}

  /**
   * Returns the properties of a client, without the brokers. They become part of the job graph, so
   * a value of a file refers to it, and the client reads the file when it starts.
   */
  public static Properties of(KafkaOptions options) {
    Properties properties = new Properties();
    options
        .properties()
        .entries()
        .forEach(
            (name, value) ->
                properties.setProperty(
                    name, value.file().map(ClientProperties::reference).orElseGet(value::reveal)));
    properties.setProperty("config.providers", FILES);
    properties.setProperty(
        "config.providers." + FILES + ".class", DirectoryConfigProvider.class.getName());
    return properties;
  }

  private static String reference(Path file) {
    return "${%s:%s:%s}".formatted(FILES, file.getParent(), file.getFileName());
  }
}
