package dev.freshet.store;

import java.util.List;
import java.util.stream.Collectors;

/** Settings of the Postgres connections that read pages. */
public final class PostgresSession {
  /**
   * Turned off so that Postgres always reads pages from the index in its order. Otherwise it plans
   * for a key of average size and keeps that plan; for a far larger key it would then collect and
   * sort every entry to return ten. JIT compilation never pays for a statement that reads so
   * little.
   */
  private static final List<String> OFF =
      List.of("enable_seqscan", "enable_bitmapscan", "enable_sort", "jit");

  private PostgresSession() {}

  /** The value of the driver's property {@code options}. */
  public static String options() {
    return OFF.stream().map(name -> "-c " + name + "=off").collect(Collectors.joining(" "));
  }
}
