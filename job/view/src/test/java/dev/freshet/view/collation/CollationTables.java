package dev.freshet.view.collation;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the tables of {@link WeightTable} out of a server's own answers. {@link CollationTablesIT}
 * writes them with {@code -Dfreshet.collations=FOLDER}.
 */
final class CollationTables {
  /** A table, with a collation that has all of its levels. */
  record Made(String resource, String charset, String collation, int levels) {}

  static final List<Made> ALL =
      List.of(
          new Made("uca900.gz", "utf8mb4", "utf8mb4_0900_as_cs", 3),
          new Made("uca520.gz", "utf8mb4", "utf8mb4_unicode_520_ci", 1),
          new Made("uca400.gz", "utf8mb4", "utf8mb4_unicode_ci", 1),
          new Made("general.gz", "utf8mb4", "utf8mb4_general_ci", 1),
          new Made("latin1_swedish.gz", "latin1", "latin1_swedish_ci", 1),
          new Made("ascii_general.gz", "ascii", "ascii_general_ci", 1));

  /** The collations that are compared with the server. */
  static List<String> collations() {
    return List.of(
        "utf8mb4_0900_ai_ci",
        "utf8mb4_0900_as_ci",
        "utf8mb4_0900_as_cs",
        "utf8mb4_general_ci",
        "utf8mb4_unicode_ci",
        "utf8mb4_unicode_520_ci",
        "utf8mb3_general_ci",
        "utf8mb3_unicode_ci",
        "utf8mb3_unicode_520_ci",
        "latin1_swedish_ci",
        "ascii_general_ci");
  }

  private static final int CHUNK = 1 << 16;

  private CollationTables() {}

  /** Receives a code point's weight string; null if the character set does not have it. */
  interface Receiver {
    void accept(int codePoint, byte[] weights) throws IOException;
  }

  /** Reads the weight strings of a range of code points from the server, without surrogates. */
  static void read(
      Connection connection, String charset, String collation, int first, int last, Receiver to)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION cte_max_recursion_depth = " + CHUNK);
      for (int from = first; from <= last; from += CHUNK) {
        String character = "CONVERT(UNHEX(LPAD(HEX(n), 8, '0')) USING utf32)";
        String converted = "CONVERT(" + character + " USING " + charset + ")";
        String sql =
            ("WITH RECURSIVE c (n) AS (SELECT %d UNION ALL SELECT n + 1 FROM c WHERE n < %d)"
                    + " SELECT n, WEIGHT_STRING(%s COLLATE %s),"
                    + " CAST(CONVERT(%s USING utf32) AS BINARY) = CAST(%s AS BINARY)"
                    + " FROM c WHERE n NOT BETWEEN 55296 AND 57343")
                .formatted(
                    from,
                    Math.min(last, from + CHUNK - 1),
                    converted,
                    collation,
                    converted,
                    character);
        try (ResultSet rows = statement.executeQuery(sql)) {
          while (rows.next()) {
            to.accept(rows.getInt(1), rows.getBoolean(3) ? rows.getBytes(2) : null);
          }
        }
      }
    }
  }

  /** Writes a table. */
  static void write(Connection connection, Made table, Path folder)
      throws SQLException, IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
      int[] next = new int[1];
      read(
          connection,
          table.charset(),
          table.collation(),
          0,
          Character.MAX_CODE_POINT,
          (codePoint, weights) -> {
            for (; next[0] < codePoint; next[0]++) {
              // Half of a surrogate pair.
              out.writeByte(WeightTable.NONE);
            }
            next[0]++;
            writeOne(out, table.levels(), codePoint, weights);
          });
    }
    Files.write(folder.resolve(table.resource()), bytes.toByteArray());
  }

  private static void writeOne(DataOutputStream out, int levels, int codePoint, byte[] weights)
      throws IOException {
    if (weights == null) {
      out.writeByte(WeightTable.NONE);
      return;
    }
    List<char[]> units = units(weights, levels);
    byte kind = kind(codePoint, units);
    out.writeByte(kind);
    if (kind == WeightTable.EXPLICIT) {
      for (char[] level : units) {
        out.writeByte(level.length);
        for (char unit : level) {
          out.writeChar(unit);
        }
      }
    }
  }

  private static byte kind(int codePoint, List<char[]> units) {
    boolean common =
        (units.size() < 2 || Arrays.equals(units.get(1), new char[] {0x20}))
            && (units.size() < 3 || Arrays.equals(units.get(2), new char[] {0x02}));
    char[] primary = units.get(0);
    if (!common) {
      return WeightTable.EXPLICIT;
    }
    if (Arrays.equals(primary, WeightTable.implicit(codePoint, 0xFBC0))) {
      return WeightTable.IMPLICIT;
    }
    if (Arrays.equals(primary, WeightTable.implicit(codePoint, 0xFB80))) {
      return WeightTable.RARE_IDEOGRAPH;
    }
    if (Arrays.equals(primary, WeightTable.implicit(codePoint, 0xFB40))) {
      return WeightTable.IDEOGRAPH;
    }
    if (primary.length == 1 && primary[0] == codePoint) {
      return WeightTable.ITSELF;
    }
    return primary.length == 1 && primary[0] == 0xFFFD
        ? WeightTable.REPLACED
        : WeightTable.EXPLICIT;
  }

  /** The units of each level; a zero unit separates levels. One byte is a unit in 8-bit sets. */
  private static List<char[]> units(byte[] weights, int levels) {
    boolean narrow = levels == 1 && weights.length == 1;
    List<char[]> all = new ArrayList<>();
    StringBuilder level = new StringBuilder();
    for (int i = 0; i < weights.length; i += narrow ? 1 : 2) {
      char unit =
          (char)
              (narrow ? weights[i] & 0xFF : ((weights[i] & 0xFF) << 8) | (weights[i + 1] & 0xFF));
      if (unit == 0 && levels > 1) {
        all.add(level.toString().toCharArray());
        level.setLength(0);
      } else {
        level.append(unit);
      }
    }
    all.add(level.toString().toCharArray());
    if (all.size() != levels) {
      throw new IllegalStateException(all.size() + " levels instead of " + levels);
    }
    return all;
  }
}
