package dev.freshet.store;

import java.util.List;
import java.util.stream.Collectors;

/** What a connection to the store must be set to where pages are read. */
public final class PostgresSession {
  /**
   * Pages come from the index in their order, whatever the statistics say. Left to itself, Postgres
   * plans by the size of an average key (and keeps that plan); of a key that is far larger it would
   * then collect and sort every entry to return ten. Compiling a statement that reads so little
   * never pays.
   */
  private static final List<String> OFF =
      List.of("enable_seqscan", "enable_bitmapscan", "enable_sort", "jit");

  private PostgresSession() {}

  /** For the driver's property {@code options}. */
  public static String options() {
    return OFF.stream().map(name -> "-c " + name + "=off").collect(Collectors.joining(" "));
  }
}
