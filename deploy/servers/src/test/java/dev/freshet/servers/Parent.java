package dev.freshet.servers;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A JVM that starts a server with children of its own and one that is a JVM, prints their
 * processes, and waits to be killed.
 */
final class Parent {
  static final String STARTED = "started ";

  private static final CountDownLatch ALL_UP = new CountDownLatch(1);

  private Parent() {}

  public static void main(String[] arguments) throws Exception {
    Thread watchdog = new Thread(Parent::endIfStuck, "watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
    Cluster cluster = new Cluster();
    List<Server> servers = List.of(cluster.postgres, cluster.kafka);
    for (Server server : servers) {
      LocalServers.started(server);
    }
    System.out.println(
        STARTED
            + servers.stream()
                .map(server -> Long.toString(server.pid()))
                .collect(Collectors.joining(" ")));
    ALL_UP.countDown();
    new CountDownLatch(1).await();
  }

  /** Whoever waits for this JVM's output would wait for ever. */
  private static void endIfStuck() {
    try {
      if (!ALL_UP.await(2, TimeUnit.MINUTES)) {
        Thread.getAllStackTraces()
            .forEach(
                (thread, stack) ->
                    System.err.println(
                        thread + "\n  " + Arrays.toString(stack).replace(", ", "\n  ")));
        Runtime.getRuntime().halt(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
