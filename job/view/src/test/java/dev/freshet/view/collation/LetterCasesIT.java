package dev.freshet.view.collation;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Source;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/**
 * The committed tables of {@link LetterCases} are what the server answers now. With {@code
 * -Dfreshet.collations=FOLDER} they are written there, to be committed.
 */
class LetterCasesIT {
  private static final int CHUNK = 1 << 16;

  /** A collation for each table. */
  private static final List<String> ONE_EACH =
      List.of(
          "utf8mb4_0900_as_cs",
          "utf8mb4_unicode_520_ci",
          "utf8mb4_general_ci",
          "latin1_swedish_ci",
          "ascii_general_ci");

  private record Cases(int small, int capital) {}

  private static List<String> all() {
    List<String> all = new ArrayList<>(CollationTables.collations());
    all.addAll(
        List.of("utf8mb4_0900_bin", "utf8mb4_bin", "utf8mb3_bin", "ascii_bin", "latin1_bin"));
    return all;
  }

  @Test
  void lettersAreTheServers() throws Exception {
    String wanted = System.getProperty("freshet.collations");
    try (Source source = Source.create("letters")) {
      if (wanted != null) {
        for (String collation : ONE_EACH) {
          write(
              read(source.connection(), collation, Character.MAX_CODE_POINT),
              Path.of(wanted).resolve(LetterCases.resource(collation).orElseThrow()));
        }
        return;
      }
      for (String collation : FULL ? all() : ONE_EACH) {
        int last = FULL ? Character.MAX_CODE_POINT : 0x1FFF;
        Map<Integer, Cases> server = read(source.connection(), collation, last);
        LetterCases cases = LetterCases.of(collation).orElseThrow();
        List<String> differences = new ArrayList<>();
        for (int codePoint = 0; codePoint <= last; codePoint++) {
          Cases expected = server.getOrDefault(codePoint, new Cases(codePoint, codePoint));
          boolean isOfCharset = !collation.startsWith("utf8mb3") || codePoint < 0x10000;
          if (isOfCharset
              && (cases.small(codePoint) != expected.small()
                  || cases.capital(codePoint) != expected.capital())) {
            differences.add("U+%04X".formatted(codePoint));
          }
        }
        assertThat(differences).as(collation).isEmpty();
        assertThat(server).as(collation).containsKey((int) 'a');
      }
    }
  }

  private static Map<Integer, Cases> read(Connection connection, String collation, int last)
      throws SQLException {
    Map<Integer, Cases> cases = new TreeMap<>();
    String charset = collation.substring(0, collation.indexOf('_'));
    String character = "CONVERT(UNHEX(LPAD(HEX(n), 8, '0')) USING utf32)";
    String converted =
        "(CONVERT(" + character + " USING " + charset + ") COLLATE " + collation + ")";
    // MySQL needs room behind a letter whose other case has more bytes.
    String number = "CONV(HEX(CONVERT(%s USING utf32)), 16, 10)";
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION cte_max_recursion_depth = " + CHUNK);
      for (int from = 0; from <= last; from += CHUNK) {
        String sql =
            ("WITH RECURSIVE c (n) AS (SELECT %d UNION ALL SELECT n + 1 FROM c WHERE n < %d)"
                    + " SELECT * FROM (SELECT n, %s same, %s small, %s capital FROM c"
                    + " WHERE n NOT BETWEEN 55296 AND 57343) x"
                    + " WHERE n = same AND (n <> small OR n <> capital)")
                .formatted(
                    from,
                    Math.min(last, from + CHUNK - 1),
                    number.formatted(converted),
                    number.formatted("LEFT(LOWER(CONCAT(" + converted + ", '   ')), 1)"),
                    number.formatted("LEFT(UPPER(CONCAT(" + converted + ", '   ')), 1)"));
        try (ResultSet rows = statement.executeQuery(sql)) {
          while (rows.next()) {
            cases.put(rows.getInt(1), new Cases(rows.getInt(3), rows.getInt(4)));
          }
        }
      }
    }
    return cases;
  }

  private static void write(Map<Integer, Cases> cases, Path file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
      for (Map.Entry<Integer, Cases> entry : cases.entrySet()) {
        out.writeInt(entry.getKey());
        out.writeInt(entry.getValue().small());
        out.writeInt(entry.getValue().capital());
      }
    }
    Files.write(file, bytes.toByteArray());
  }
}
