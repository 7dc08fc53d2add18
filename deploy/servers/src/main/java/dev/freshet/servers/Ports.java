package dev.freshet.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Finds and checks ports of the loopback interface. */
public final class Ports {
  /** The address at which every server listens. */
  public static final String HOST = "127.0.0.1";

  /**
   * The lowest port to choose from; the range is below the ephemeral ports. An outgoing connection
   * with an ephemeral port could take a server's port during a restart, or connect to itself while
   * the server does not listen yet.
   */
  private static final int LOWEST = 15_000;

  private static final int BOUND = 32_000;
  private static final int ATTEMPTS = 1000;

  private static final int LOOKS = 20;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private Ports() {}

  /**
   * A port at which nothing listens now. Another process may still take it before the server
   * starts.
   */
  public static int free() {
    return free(1).get(0);
  }

  /** Several different free ports. */
  public static List<Integer> free(int count) {
    Random random = new SecureRandom();
    Set<Integer> ports = new LinkedHashSet<>();
    for (int attempt = 0; ports.size() < count; attempt++) {
      int port = random.nextInt(LOWEST, BOUND);
      if (isFree(port)) {
        ports.add(port);
      } else if (attempt == ATTEMPTS) {
        throw new ServerException(
            "No free port on "
                + HOST
                + " between "
                + LOWEST
                + " and "
                + BOUND
                + "; stop what listens there");
      }
    }
    return List.copyOf(ports);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Throws an exception with a message of one line if a process listens at the port.
   *
   * <p>Tries again for two seconds. A check binds the port for a moment. A process that this JVM
   * starts during a check inherits the socket, and keeps the port occupied until it closes the
   * inherited files.
   *
   * @param server the name in the message of the server that needs the port, such as {@code MySQL}
   */
  static void requireFree(String server, int port) {
    for (int look = 0; !isFree(port); look++) {
      if (look == LOOKS) {
        throw new ServerException(
            server
                + ": port "
                + port
                + " on "
                + HOST
                + " is taken; stop what listens there or choose another port");
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }
}
