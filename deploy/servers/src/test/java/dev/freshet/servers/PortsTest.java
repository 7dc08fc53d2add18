package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PortsTest {
  /** A process has the sockets of its parent until it executes its program. */
  @Test
  void isFreeWhileProcessesAreStarted() throws Exception {
    int port = Ports.free();
    AtomicBoolean over = new AtomicBoolean();
    Thread starts =
        new Thread(
            () -> {
              while (!over.get()) {
                try {
                  new ProcessBuilder("/bin/true").start().waitFor();
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    starts.start();
    try {
      for (int i = 0; i < 50; i++) {
        assertThatCode(() -> Ports.requireFree("A server", port)).doesNotThrowAnyException();
      }
    } finally {
      over.set(true);
      starts.join();
    }
  }

  @Test
  void isTakenWhileSomebodyListens() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Ports.requireFree("A server", socket.getLocalPort()))
          .hasMessageStartingWith("A server: port " + socket.getLocalPort())
          .hasMessageEndingWith("is taken; stop what listens there or choose another port");
    }
  }
}
