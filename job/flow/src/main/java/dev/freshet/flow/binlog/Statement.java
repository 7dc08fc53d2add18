package dev.freshet.flow.binlog;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * A statement in the binlog: a QUERY or EXECUTE_LOAD_QUERY event.
 *
 * @param sql the text of the statement
 * @param database the database of unqualified names; empty if there is none
 * @param ansiQuotes whether double quotes delimit names
 * @param backslashEscapes whether a backslash in a text is an escape
 */
public record Statement(String sql, String database, boolean ansiQuotes, boolean backslashEscapes) {
  private static final int FLAGS = 0;
  private static final int SQL_MODE = 1;
  private static final int AUTO_INCREMENT = 3;
  private static final int CHARSET = 4;
  private static final int CATALOGUE = 6;

  /** The size of the fields that say which part of a file LOAD DATA reads. */
  private static final int LOAD_BYTES = 13;

  /** Bits of {@code sql_mode}. */
  private static final long ANSI_QUOTES = 4;

  private static final long NO_BACKSLASH_ESCAPES = 1L << 20;

  public Statement {
    Objects.requireNonNull(sql, "sql");
    Objects.requireNonNull(database, "database");
  }

  /**
   * Parses a QUERY event.
   *
   * @param body the bytes after the event's header, without the checksum
   * @param collations maps a collation's number to its name, or to null if it is unknown
   * @throws IndexOutOfBoundsException if the body is too short
   * @throws IllegalArgumentException if the statement's character set is unknown
   */
  public static Statement read(Bytes body, IntFunction<String> collations) {
    return read(body, 0, collations);
  }

  /**
   * Parses an EXECUTE_LOAD_QUERY event, which logs a LOAD DATA statement. The parameters are those
   * of {@link #read}.
   *
   * @throws IndexOutOfBoundsException if the body is too short
   * @throws IllegalArgumentException if the statement's character set is unknown
   */
  public static Statement readLoad(Bytes body, IntFunction<String> collations) {
    return read(body, LOAD_BYTES, collations);
  }

  private static Statement read(Bytes body, int more, IntFunction<String> collations) {
    body.skip(8);
    int databaseLength = body.u1();
    body.skip(2);
    int statusLength = body.u2();
    body.skip(more);
    Bytes status = body.part(statusLength);
    long mode = 0;
    Charset charset = StandardCharsets.UTF_8;
    boolean known = true;
    while (known && status.left() > 0) {
      // The status variables come in this order; those after the character set are not needed.
      switch (status.u1()) {
        case FLAGS, AUTO_INCREMENT -> status.skip(4);
        case SQL_MODE -> mode = status.i8();
        case CATALOGUE -> status.skip(status.u1());
        case CHARSET -> {
          String collation = collations.apply(status.u2());
          charset = collation == null ? charset : LogCharsets.charset(collation);
          known = false;
        }
        default -> known = false;
      }
    }
    String database = body.text(databaseLength, StandardCharsets.UTF_8);
    body.skip(1);
    return new Statement(
        body.text(body.left(), charset),
        database,
        (mode & ANSI_QUOTES) != 0,
        (mode & NO_BACKSLASH_ESCAPES) == 0);
  }
}
