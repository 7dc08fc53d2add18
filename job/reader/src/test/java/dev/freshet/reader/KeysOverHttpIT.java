package dev.freshet.reader;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.reader.World.Response;
import dev.freshet.servers.LocalServers;
import dev.freshet.view.CharacterSets;
import dev.freshet.view.TestSize;
import dev.freshet.view.collation.RandomTexts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests odd keys of every type: the response must be MySQL's answer, or 400 with the reason. */
class KeysOverHttpIT {
  private static final int KEYS = FULL ? 200 : 60;

  private static final Path DOCUMENT = Path.of("../../sql/docs/keys.md");

  private static World world;
  private static int tables;

  private final long seed = TestSize.seed();
  private final Random random = new Random(seed);
  private final RandomTexts texts = new RandomTexts(random);

  @BeforeAll
  static void start() throws Exception {
    world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "VARCHAR(40) COLLATE utf8mb4_0900_bin",
        "VARCHAR(40) COLLATE utf8mb4_0900_ai_ci",
        "VARCHAR(40) COLLATE utf8mb4_0900_as_ci",
        "VARCHAR(40) COLLATE utf8mb4_0900_as_cs",
        "VARCHAR(40) COLLATE utf8mb4_general_ci",
        "VARCHAR(40) COLLATE utf8mb4_unicode_ci",
        "VARCHAR(40) COLLATE utf8mb4_unicode_520_ci",
        "VARCHAR(40) COLLATE utf8mb4_bin",
        "VARCHAR(40) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci",
        "VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        "VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_bin",
        "VARCHAR(40) CHARACTER SET ascii COLLATE ascii_general_ci",
        "CHAR(40) COLLATE utf8mb4_0900_as_cs",
        "CHAR(40) COLLATE utf8mb4_unicode_ci"
      })
  void textsFindWhatMysqlFinds(String type) throws Exception {
    String collation = type.substring(type.indexOf("COLLATE ") + "COLLATE ".length());
    List<String> keys = new ArrayList<>(List.of("", " ", ".", "..", "/", "%", "a/b", "%2F", "+"));
    keys.addAll(
        List.of("Ana", "ANA", "aná", "ana ", "straße", "strasse", "a\u0000b", "😀", "null"));
    while (keys.size() < KEYS) {
      String text = texts.text();
      keys.add(text);
      keys.add(texts.like(text));
    }
    asks(type, keys, key -> CharacterSets.missing(collation, key).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TINYINT",
        "BIGINT",
        "BIGINT UNSIGNED",
        "DECIMAL(10,2)",
        "YEAR",
        "DATE",
        "TIME(3)",
        "DATETIME(6)",
        "TIMESTAMP(6)"
      })
  void numbersAndTimesFindWhatMysqlFinds(String type) throws Exception {
    List<String> keys = new ArrayList<>(List.of("", " ", ".", "0", "-0", "00", "+1", "1e3", "1."));
    keys.addAll(List.of("-1", "1", "127", "128", "9223372036854775807", "18446744073709551615"));
    keys.addAll(List.of("12.5", "12.50", "12.500", "0.001", "99999999.99", "1901", "2155", "26"));
    keys.addAll(List.of("2026-01-31", "2026-1-31", "0000-00-00", "2026-02-30", "12:00:00.5"));
    keys.addAll(List.of("-838:59:59", "838:59:59.000", "2026-01-31T11:59:58.000001", "now"));
    keys.addAll(List.of("2026-01-31T11:59:58.5Z", "1970-01-01T00:00:01Z", "NaN", "NULL", "0x10"));
    while (keys.size() < KEYS) {
      keys.add(
          switch (random.nextInt(5)) {
            case 0 -> String.valueOf(random.nextInt(256) - 128);
            case 1 -> random.nextInt(1000) / 100.0 + "";
            case 3 -> "%02d:00:00.5".formatted(random.nextInt(24));
            case 2 ->
                "20%02d-%02d-%02dT0%d:00:00%s"
                    .formatted(
                        random.nextInt(30),
                        random.nextInt(14),
                        random.nextInt(33),
                        random.nextInt(10),
                        random.nextBoolean() ? "Z" : "");
            default -> texts.text();
          });
    }
    boolean isSigned = type.equals("TINYINT") || type.equals("BIGINT");
    asks(type, keys, key -> isSigned && key.matches("0|-?[1-9]\\d?"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "utf8mb4_0900_ai_ci",
        "utf8mb4_general_ci",
        "utf8mb4_0900_bin",
        "latin1_swedish_ci"
      })
  void enumsFindWhatMysqlFinds(String collation) throws Exception {
    List<String> members = List.of("Open", "2x", "b", "2", "ß", "in work");
    List<String> keys = new ArrayList<>(members);
    keys.addAll(List.of("OPEN", "open ", " Open", "B", "ss", "in  work", "IN WORK", "", "nosuch"));
    // Numbers of members, by which MySQL finds them through an index.
    keys.addAll(List.of("0", "1", "3", "02", "2.0", "+2", "7", "2X", "Z", "ẞ", "null"));
    asks("ENUM" + of(members, collation), keys, members::contains);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "utf8mb4_0900_ai_ci",
        "utf8mb4_general_ci",
        "utf8mb4_0900_bin",
        "utf8mb4_bin",
        "latin1_swedish_ci"
      })
  void setsFindWhatMysqlFinds(String collation) throws Exception {
    List<String> members = List.of("Open", "2x", "b", "2", "ß", "in work");
    List<String> values = new ArrayList<>(members);
    values.addAll(List.of("Open,b", "2x,2,ß", "Open,2x,b,2,ß,in work", "b,in work"));
    List<String> keys = new ArrayList<>(values);
    keys.addAll(List.of("OPEN,B", "open ", "b,Open", "b,b", "Open,", ",b", "Open, b", "b ,2", ","));
    keys.addAll(List.of("2,nosuch", "ss", "b,ss", "b，2", "", "0", "1", "3", "02", "64", "null"));
    asks("SET" + of(members, collation), keys, values::contains);
  }

  private static String of(List<String> members, String collation) {
    return "('%s') CHARACTER SET %s COLLATE %s"
        .formatted(
            String.join("','", members), collation.substring(0, collation.indexOf('_')), collation);
  }

  @ParameterizedTest
  @ValueSource(strings = {"VARBINARY(20)", "BINARY(4)"})
  void bytesFindWhatMysqlFinds(String type) throws Exception {
    List<String> keys = new ArrayList<>(List.of("", "=", "A", "AA", "AB", "AAAA", "+/+/", "-_-_"));
    while (keys.size() < KEYS) {
      byte[] bytes = new byte[random.nextInt(6)];
      random.nextBytes(bytes);
      keys.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
    asks(type, keys, key -> type.startsWith("VAR") && key.matches("AAAA|-_-_"));
  }

  @Test
  void findsTheKeysOfTheDocumentation() throws Exception {
    Pattern line = Pattern.compile("\\| `(.+?)` \\| `(.*?)`(?: \\(UTC\\))? \\| (?:`(.*)` )?\\|");
    String document = Files.readString(DOCUMENT);
    List<MatchResult> examples = line.matcher(document).results().toList();
    assertThat(examples).hasSize((int) document.lines().filter(l -> l.startsWith("| `")).count());
    for (MatchResult example : examples) {
      String table = "keys" + tables++;
      world.inMysql(
          "CREATE TABLE %s (k %s NOT NULL, id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, KEY (k))"
              .formatted(table, example.group(1)));
      world.inMysql("INSERT INTO %s (k) VALUES (%s)".formatted(table, example.group(2)));
      project(table);
      String segment = example.group(3) == null ? "" : example.group(3);
      for (boolean stored : new boolean[] {true, false}) {
        world.progress(Instant.now().plusSeconds(60), stored);
        Response response = world.get("/v1/views/by_" + table + "/" + segment);
        assertThat(response.json().path("items"))
            .as("%s: %s", example.group(), response.json())
            .hasSize(1);
      }
    }
  }

  /**
   * Requests all keys.
   *
   * @param answered whether a key must be answered; other keys may be refused
   */
  private void asks(String type, List<String> keys, Predicate<String> answered) throws Exception {
    String table = "keys" + tables++;
    world.inMysql(
        "CREATE TABLE %s (k %s NOT NULL, id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, KEY (k))"
            .formatted(table, type));
    List<String> held = new ArrayList<>();
    try (Connection mysql = world.source();
        PreparedStatement insert =
            mysql.prepareStatement("INSERT INTO " + table + " (k) VALUES (?)")) {
      for (String key : keys) {
        // Half of the keys are there; a value that the type does not have is not.
        if (random.nextBoolean() && key.indexOf('\0') < 0) {
          try {
            bind(insert, key, type);
            insert.executeUpdate();
            held.add(key);
          } catch (SQLException | IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
          }
        }
      }
    }
    assertThat(held).as("values in the table, seed %d", seed).isNotEmpty();
    project(table);
    int answers = 0;
    for (boolean stored : new boolean[] {true, false}) {
      world.progress(Instant.now().plusSeconds(60), stored);
      for (String key : keys) {
        Response response = world.get("/v1/views/by_" + table + "/" + encoded(key));
        String described = "%s, '%s', seed %d: %s".formatted(type, key, seed, response.json());
        if (response.status() == 200) {
          answers++;
          assertThat(response.text("source"))
              .as(described)
              .isEqualTo(stored ? "projection" : "mysql");
          List<Long> ids = new ArrayList<>();
          for (JsonNode item : response.json().path("items")) {
            ids.add(item.path("id").asLong());
          }
          assertThat(ids).as(described).isEqualTo(inMysql(table, key, type));
        } else {
          assertThat(response.status()).as(described).isEqualTo(400);
          assertThat(response.text("detail")).as(described).isNotEmpty();
          assertThat(key.indexOf('\0') < 0 && !key.isEmpty() && answered.test(key))
              .as(described)
              .isFalse();
        }
      }
    }
    assertThat(answers).as("answers").isPositive();
  }

  private static void project(String table) throws Exception {
    world.project(
        world.register(
            """
            CREATE MATERIALIZED TABLE by_%1$s (PRIMARY KEY (k, id) NOT ENFORCED)
            PARTITIONED BY (k)
            FRESHNESS = INTERVAL '5' SECOND
            AS SELECT t.k, t.id FROM %1$s t
            """
                .formatted(table)));
  }

  private static List<Long> inMysql(String table, String key, String type) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (Connection mysql = world.source();
        PreparedStatement query =
            mysql.prepareStatement("SELECT id FROM " + table + " WHERE k = ? ORDER BY id")) {
      bind(query, key, type);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
    }
    return ids;
  }

  private static void bind(PreparedStatement statement, String key, String type)
      throws SQLException {
    if (type.contains("BINARY")) {
      statement.setBytes(1, Base64.getUrlDecoder().decode(key));
    } else if (type.equals("YEAR") && key.matches("\\d{1,4}")) {
      // As a text, 0 would be the YEAR 2000.
      statement.setInt(1, Integer.parseInt(key));
    } else {
      statement.setString(1, key.endsWith("Z") && key.contains("T") ? key.replace("Z", "") : key);
    }
  }

  private static String encoded(String key) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
