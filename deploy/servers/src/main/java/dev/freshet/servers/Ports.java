package dev.freshet.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports of the loopback interface. */
public final class Ports {
  /** Where every server listens. */
  public static final String HOST = "127.0.0.1";

  private Ports() {}

  /** A port nobody listens at now; whoever takes it later finds out at start. */
  public static int free() {
    return free(1).get(0);
  }

  /** As many different free ports. */
  public static List<Integer> free(int count) {
    List<Integer> ports = new ArrayList<>();
    try {
      take(count, ports);
    } catch (IOException e) {
      throw new ServerException("No free port on " + HOST + " (" + e.getMessage() + ")", e);
    }
    return ports;
  }

  /** Holds each port until the last is found, so that none comes twice. */
  private static void take(int count, List<Integer> ports) throws IOException {
    if (ports.size() < count) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        ports.add(socket.getLocalPort());
        take(count, ports);
      }
    }
  }

  /**
   * Fails in one line when somebody listens at the port.
   *
   * @param server whose port it should be, such as {@code MySQL}
   */
  static void requireFree(String server, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new ServerException(
          server
              + ": port "
              + port
              + " on "
              + HOST
              + " is taken; stop what listens there or choose another port",
          e);
    }
  }
}
