package dev.freshet.servers;

import java.nio.file.Path;
import java.util.List;

/**
 * The configuration of a Kafka broker. To restart the broker on its data, use an equal
 * configuration.
 *
 * @param directory the broker's folder for data, configuration and logs
 * @param port the port for clients, on the loopback interface
 * @param controllerPort the port of the broker's own controller, on the loopback interface
 * @param heapMb the maximum heap, in MB
 */
public record KafkaConfig(Path directory, int port, int controllerPort, int heapMb) {
  public KafkaConfig {
    directory = directory.toAbsolutePath().normalize();
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
    return new KafkaConfig(directory, ports.get(0), ports.get(1), 384);
  }

  public KafkaConfig withPorts(int client, int controller) {
    return new KafkaConfig(directory, client, controller, heapMb);
  }

  public KafkaConfig withHeapMb(int value) {
    return new KafkaConfig(directory, port, controllerPort, value);
  }
}
