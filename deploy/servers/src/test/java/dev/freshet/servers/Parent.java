package dev.freshet.servers;

import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** A JVM that starts one of each server, prints their processes, and waits to be killed. */
final class Parent {
  static final String STARTED = "started ";

  private Parent() {}

  public static void main(String[] arguments) throws Exception {
    Cluster cluster = new Cluster();
    long begin = System.nanoTime();
    cluster.start();
    System.out.printf("all up after %d ms%n", (System.nanoTime() - begin) / 1_000_000);
    System.out.println(
        STARTED
            + cluster.servers().stream()
                .map(server -> Long.toString(server.pid()))
                .collect(Collectors.joining(" ")));
    new CountDownLatch(1).await();
  }
}
