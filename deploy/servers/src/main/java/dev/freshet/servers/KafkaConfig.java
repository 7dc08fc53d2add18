package dev.freshet.servers;

import java.nio.file.Path;
import java.util.List;

/**
 * What a Kafka broker is started with. To start it again on its data, keep all of it.
 *
 * @param directory its own folder: data, configuration and logs
 * @param port for clients, on the loopback interface
 * @param controllerPort for itself, on the loopback interface
 * @param heapMb its heap
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

  /** A new broker in a folder: free ports, a heap of 384 MB. */
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
