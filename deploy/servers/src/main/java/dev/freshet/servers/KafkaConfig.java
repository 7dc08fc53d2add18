package dev.freshet.servers;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The configuration of a Kafka broker. To restart the broker on its data, use an equal
 * configuration.
 *
 * @param directory the broker's folder for data, configuration and logs
 * @param port the port for clients, on the loopback interface
 * @param controllerPort the port of the broker's own controller, on the loopback interface
 * @param heapMb the maximum heap, in MB
 * @param login the account of clients, fixed when the data folder is initialised; empty for a
 *     broker that takes everybody who reaches its ports
 */
public record KafkaConfig(
    Path directory, int port, int controllerPort, int heapMb, Optional<KafkaLogin> login) {
  public KafkaConfig {
    directory = directory.toAbsolutePath().normalize();
    Objects.requireNonNull(login);
    if (port == controllerPort) {
      throw new IllegalArgumentException("Kafka: port " + port + " cannot serve both purposes");
    }
    if (heapMb < 128) {
      throw new IllegalArgumentException("Kafka: a heap of " + heapMb + " MB is below 128");
    }
  }

  /** A configuration of a new broker: free ports, a heap of 384 MB. */
  public static KafkaConfig in(Path directory) {
    List<Integer> ports = Ports.free(2);
    return new KafkaConfig(directory, ports.get(0), ports.get(1), 384, Optional.empty());
  }

  public KafkaConfig withPorts(int client, int controller) {
    return new KafkaConfig(directory, client, controller, heapMb, login);
  }

  public KafkaConfig withHeapMb(int value) {
    return new KafkaConfig(directory, port, controllerPort, value, login);
  }

  public KafkaConfig withLogin(KafkaLogin value) {
    return new KafkaConfig(directory, port, controllerPort, heapMb, Optional.of(value));
  }
}
