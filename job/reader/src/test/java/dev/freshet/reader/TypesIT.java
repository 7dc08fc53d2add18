package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.reader.World.Response;
import dev.freshet.servers.LocalServers;
import dev.freshet.view.ViewPlan;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Reads every type that a view can have in its outputs or key from both databases, and compares
 * with MySQL's text.
 */
class TypesIT {
  private static World world;

  @BeforeAll
  static void start() throws Exception {
    world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS);
    world.inMysql(
        """
        CREATE TABLE things (
          name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
          bin VARBINARY(8) NOT NULL, price DECIMAL(20,4) NOT NULL, big BIGINT UNSIGNED NOT NULL,
          day DATE NOT NULL, clock TIME(3) NOT NULL, dt DATETIME(2) NOT NULL,
          ts TIMESTAMP(6) NOT NULL, y YEAR NOT NULL, id BIGINT NOT NULL PRIMARY KEY,
          n_tiny TINYINT(1), n_double DOUBLE, n_float FLOAT, n_bit BIT(10), n_blob BLOB,
          n_enum ENUM('a','ü'), n_set SET('x','y'), n_text TEXT, n_dec DECIMAL(30,10),
          n_dt DATETIME, n_ts TIMESTAMP NULL, n_time TIME(6))""",
        """
        INSERT INTO things VALUES
         ('a/b', x'00ff', 12.5, 18446744073709551615, '2026-01-31', '-838:59:59', '1969-12-31 23:59:59.99',
          '2038-01-19 03:14:07.999999', 1901, 9007199254740992, 1, 0.1, 0.1, b'1010101010', x'00fffe',
          'ü', 'x,y', 'tab\\t"quote" 😀', -0.0000000001, '0001-01-01', '1970-01-01 00:00:01', '00:00:00.000001'),
         ('a/b', x'00ff', 12.5, 18446744073709551615, '2026-01-31', '-838:59:59', '1969-12-31 23:59:59.99',
          '2038-01-19 03:14:07.999999', 1901, 9007199254740993, NULL, NULL, NULL, NULL, NULL,
          NULL, NULL, NULL, NULL, NULL, NULL, NULL),
         ('ü +%;.', x'', -0.0001, 0, '9999-12-31', '-00:00:00.005', '9999-12-31 23:59:59.99',
          '1970-01-01 00:00:01', 2155, -9223372036854775808, -128, -1e300, 3.4e38, b'0', '',
          'a', '', '', 12345678901234567890.0123456789, '9999-12-31 23:59:59', '2038-01-19 03:14:07', '838:59:59')
        """);
    ViewPlan plan =
        world.register(
            """
            CREATE MATERIALIZED TABLE things_of (
              PRIMARY KEY (name, bin, price, big, `day`, dt, ts, y, id) NOT ENFORCED
            )
            PARTITIONED BY (name, bin, price, big, `day`, dt, ts, y)
            FRESHNESS = INTERVAL '5' SECOND
            AS SELECT t.name, t.bin, t.price, t.big, t.`day`, t.dt, t.ts, t.y, t.id,
                 t.n_tiny, t.n_double, t.n_bit, t.n_blob, t.n_enum, t.n_set, t.n_text,
                 t.n_dec, t.n_dt, t.n_ts
               FROM things t
            """);
    world.project(plan);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void bothSourcesShowWhatMysqlHolds() throws Exception {
    for (long first : new long[] {9007199254740992L, Long.MIN_VALUE}) {
      Map<String, String> key = key(first);
      List<Map<String, String>> expected =
          world.askMysql(
              SHOWN
                  + " WHERE name = (SELECT name FROM things WHERE id = "
                  + first
                  + ") ORDER BY id");
      world.progress(Instant.now().plusSeconds(60), true);
      check(world.get(path(key)), "projection", expected);
      world.progress(null, false);
      check(world.get(path(key)), "mysql", expected);
    }
  }

  @Test
  void numbersAreNumbersWhereDoublesHoldThem() throws Exception {
    world.progress(Instant.now().plusSeconds(60), true);
    JsonNode items = world.get(path(key(9007199254740992L))).json().path("items");

    assertThat(items.path(0).path("id").toString()).isEqualTo("9007199254740992");
    assertThat(items.path(1).path("id").toString()).isEqualTo("\"9007199254740993\"");
    assertThat(items.path(0).path("n_tiny").toString()).isEqualTo("1");
    assertThat(items.path(0).path("n_double").toString()).isEqualTo("0.1");
    assertThat(items.path(0).path("n_dec").toString()).isEqualTo("\"-0.0000000001\"");
  }

  @Test
  void cursorsHoldEveryTypeAKeyCanHave() throws Exception {
    for (boolean stored : new boolean[] {true, false}) {
      world.progress(Instant.now().plusSeconds(60), stored);
      List<JsonNode> pages = world.pages(path(key(9007199254740992L)), 1);
      assertThat(pages).hasSize(2);
      assertThat(pages.get(1).path("items").path(0).path("id").asText())
          .isEqualTo("9007199254740993");
    }
  }

  /** Half of the texts differ only after the first 1024 bytes, by which MySQL sorts. */
  @Test
  void pagesFollowAnOrderThatNoAnswerShows() throws Exception {
    world.inMysql(
        """
        CREATE TABLE contacts (id INT PRIMARY KEY, owner INT NOT NULL, name VARCHAR(128) NOT NULL,
          email TEXT, KEY (owner)) COLLATE utf8mb4_unicode_ci
        """,
        """
        INSERT INTO contacts WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 60)
          SELECT i, 7, ELT(1 + i % 4, 'Ana', 'ána', 'ana ', ''),
            IF(i % 10 = 0, NULL, CONCAT(REPEAT('x', 512 * (i % 2)), ELT(1 + i % 3, 'b', '', '\t'))) FROM n
        """);
    world.project(
        world.register(
            """
            CREATE MATERIALIZED TABLE contacts_of (PRIMARY KEY (owner, id) NOT ENFORCED)
            PARTITIONED BY (owner)
            FRESHNESS = INTERVAL '5' SECOND
            AS SELECT c.owner, c.id, c.name FROM contacts c ORDER BY CONCAT(c.name, c.email) DESC
            """));
    List<String> expected =
        world
            .askMysql(
                "SELECT id FROM contacts WHERE owner = 7 ORDER BY CONCAT(name, email) DESC, id")
            .stream()
            .map(row -> row.get("id"))
            .toList();

    List<String> ids = new ArrayList<>();
    Set<String> sources = new TreeSet<>();
    String cursor = "";
    for (boolean stored = true; !cursor.endsWith("null"); stored = !stored) {
      world.progress(Instant.now().plusSeconds(60), stored);
      Response page = world.get("/v1/views/contacts_of/7?limit=7" + cursor);
      assertThat(page.status()).as(page.json().toString()).isEqualTo(200);
      sources.add(page.text("source"));
      for (JsonNode item : page.json().path("items")) {
        assertThat(item.fieldNames()).toIterable().containsExactly("id", "name");
        ids.add(item.path("id").asText());
      }
      cursor = "&cursor=" + page.text("next_cursor");
    }
    assertThat(ids).isEqualTo(expected);
    assertThat(sources).containsExactly("mysql", "projection");
    try (Connection store = world.store();
        Statement statement = store.createStatement();
        ResultSet view = statement.executeQuery("SELECT * FROM freshet.contacts_of")) {
      assertThat(view.getMetaData().getColumnCount()).isEqualTo(3);
    }
  }

  @Test
  void mysqlAnswersWhatPostgresCannotBeAsked() throws Exception {
    world.inMysql(
        "CREATE TABLE words (word VARCHAR(610) COLLATE utf8mb4_0900_bin NOT NULL,"
            + " id BIGINT NOT NULL PRIMARY KEY)",
        "INSERT INTO words VALUES (x'610062', 1), ('b', 2), (REPEAT('😀', 610), 3)");
    world.register(
        """
        CREATE MATERIALIZED TABLE words_by_word (PRIMARY KEY (word, id) NOT ENFORCED)
        PARTITIONED BY (word)
        FRESHNESS = INTERVAL '5' SECOND
        AS SELECT w.word, w.id FROM words w
        """);
    world.progress(Instant.now().plusSeconds(60), true);

    Response tooLong = world.get("/v1/views/words_by_word/" + "%F0%9F%98%80".repeat(610));
    assertThat(tooLong.status()).as(tooLong.json().toString()).isEqualTo(200);
    assertThat(tooLong.text("source")).isEqualTo("mysql");
    assertThat(tooLong.text("state")).isEqualTo("INVALID");
    assertThat(tooLong.text("reason")).isEqualTo("unstorable-value");
    assertThat(tooLong.json().path("items").path(0).path("id").asLong()).isEqualTo(3);

    // A path must not contain a zero byte: the reader responds with 400 and queries no database.
    assertThat(world.get("/v1/views/words_by_word/a%00b").status()).isEqualTo(400);
  }

  private static final String SHOWN =
      """
      SELECT CAST(id AS CHAR) AS id, CAST(n_tiny AS CHAR) AS n_tiny, n_double,
        TRIM(TRAILING '=' FROM REPLACE(REPLACE(TO_BASE64(n_bit), '+', '-'), '/', '_')) AS n_bit,
        TRIM(TRAILING '=' FROM REPLACE(REPLACE(TO_BASE64(n_blob), '+', '-'), '/', '_')) AS n_blob,
        CAST(n_enum AS CHAR) AS n_enum, CAST(n_set AS CHAR) AS n_set, n_text,
        CAST(n_dec AS CHAR) AS n_dec, DATE_FORMAT(n_dt, '%Y-%m-%dT%H:%i:%s') AS n_dt,
        DATE_FORMAT(n_ts, '%Y-%m-%dT%H:%i:%sZ') AS n_ts
      FROM things""";

  private static void check(Response answer, String source, List<Map<String, String>> expected) {
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
    assertThat(answer.text("source")).isEqualTo(source);
    assertThat(answer.json().path("items")).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      JsonNode item = answer.json().path("items").path(i);
      assertThat(item.size()).isEqualTo(expected.get(i).size());
      expected
          .get(i)
          .forEach(
              (column, text) -> {
                JsonNode value = item.path(column);
                if (text == null) {
                  assertThat(value.isNull()).as(column).isTrue();
                } else if (column.equals("n_double")) {
                  assertThat(value.isNumber()).as(column).isTrue();
                  assertThat(value.doubleValue()).as(column).isEqualTo(Double.parseDouble(text));
                } else {
                  assertThat(value.asText()).as(column).isEqualTo(text);
                }
              });
    }
  }

  /** Returns the key values of a row in the forms of URL paths, computed by MySQL. */
  private static Map<String, String> key(long id) throws Exception {
    return world
        .askMysql(
"""
            SELECT name,
              TRIM(TRAILING '=' FROM REPLACE(REPLACE(TO_BASE64(bin), '+', '-'), '/', '_')) AS bin,
              CAST(price AS CHAR) AS price, CAST(big AS CHAR) AS big, CAST(`day` AS CHAR) AS `day`,
              SUBSTR(DATE_FORMAT(dt, '%Y-%m-%dT%H:%i:%s.%f'), 1, 22) AS dt,
              DATE_FORMAT(ts, '%Y-%m-%dT%H:%i:%s.%fZ') AS ts, CAST(y AS CHAR) AS y
            FROM things WHERE id =
"""
                + id)
        .get(0);
  }

  private static String path(Map<String, String> key) {
    StringBuilder path = new StringBuilder("/v1/views/things_of");
    key.values()
        .forEach(
            part ->
                path.append('/')
                    .append(URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20")));
    return path.toString();
  }
}
