package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewOptions;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.Names;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {
  @Test
  void plansTheSample() {
    ViewPlan plan = Planner.plan(Sources.unreadConversations(), Sources.sample());

    assertThat(plan.view()).isEqualTo("unread_conversations");
    assertThat(plan.freshness()).isEqualTo(Duration.ofSeconds(5));
    assertThat(plan.nodes())
        .extracting(PlanNode::alias, PlanNode::parent, PlanNode::inner, PlanNode::depth)
        .containsExactly(tuple("p", -1, true, 0), tuple("c", 0, true, 1), tuple("u", 0, false, 1));
    assertThat(plan.outputs().stream().map(o -> o.column().name()))
        .containsExactly(
            "user_id", "site_id", "conversation_id", "last_message_at", "name", "image_url");
    assertThat(plan.primaryKey()).containsExactly(0, 1, 2);
    assertThat(plan.keyColumns()).isEqualTo(2);
    assertThat(plan.order())
        .containsExactly(new ViewPlan.Order(3, true), new ViewPlan.Order(2, false));
    assertThat(plan.query())
        .startsWith("SELECT p.user_id")
        .endsWith("c.last_message_at > p.last_read_at");
  }

  @Test
  void parsesTheOptionsOfTheWithClause() {
    String sample = Sources.unreadConversations();
    assertThat(Planner.plan(sample, Sources.sample()).options()).isEqualTo(ViewOptions.DEFAULT);

    String given =
        sample.replace(
            "'populate' = 'eager'",
            "'populate' = 'on-read', 'evict-after' = '90 min', 'max-keys' = '500',"
                + " 'stale-on-error' = 'true'");
    assertThat(Planner.plan(given, Sources.sample()).options())
        .isEqualTo(new ViewOptions(true, Duration.ofMinutes(90), 500, true));
    Declaration declared = Declaration.parse(given);
    assertThat(declared.answersAs(Declaration.parse(sample))).isTrue();
    assertThat(declared.answersAs(Declaration.parse(sample.replace("c.archived = 0 AND ", ""))))
        .isFalse();
  }

  @Test
  void readsWordsOfMysqlAndSendsThemAsTheyAre() {
    ViewPlan plan =
        Planner.plan(
            """
            CREATE MATERIALIZED TABLE `day` (PRIMARY KEY (k, id) NOT ENFORCED)
            PARTITIONED BY (k) FRESHNESS = INTERVAL '5' SECOND
            AS SELECT k, id, (tiny) DIV -2 AS half, tiny / k AS exact, k div tiny / 2 AS third,
              DATE(seen) AS seen_on, day (born) AS born_on, tiny MOD 3 AS rest
            FROM `rows` -- DIV
            """,
            Sources.kinds());

    assertThat(plan.view()).isEqualTo("day");
    assertThat(plan.query())
        .contains("(tiny) DIV -2", "k div tiny / 2", "DATE(seen)", "day (born)", "tiny MOD 3");
    assertThat(plan.outputs().stream().map(o -> o.column().mysqlType().replaceFirst("\\(.*", "")))
        .containsExactly(
            "int", "bigint", "bigint", "decimal", "decimal", "date", "bigint", "bigint");
  }

  @Test
  void keepsOnlyUsedColumnsInTheTablesOrder() {
    ViewPlan plan = Planner.plan(Sources.messagesOfSites(), Sources.sample());

    assertThat(plan.nodes().stream().map(n -> names(n)))
        .containsExactly(
            List.of("id", "conversation_id", "sender_id", "sent_at", "body"),
            List.of("id", "site_id", "last_message_at", "archived"),
            List.of("conversation_id", "user_id", "counterpart_id", "last_read_at"),
            List.of("id", "name"),
            List.of("id", "name"));
    PlanNode participant = plan.nodes().get(2);
    assertThat(participant.foreignKey()).as("in the primary key's order").containsExactly(1, 2);
    PlanNode reader = plan.nodes().get(4);
    assertThat(reader.parent()).isEqualTo(2);
    assertThat(reader.depth()).isEqualTo(2);
    assertThat(reader.foreignKey()).containsExactly(2);
    assertThat(plan.order())
        .containsExactly(new ViewPlan.Order(2, true), new ViewPlan.Order(1, true));
    assertThat(plan.outputs().get(7).column().nullable()).as("LEFT-joined").isTrue();
    assertThat(plan.outputs().get(2).column().nullable()).isFalse();
    assertThat(plan.where())
        .isEqualTo(
            new Expr.And(
                List.of(
                    new Expr.Not(new Expr.NotZero(new Expr.ColumnRef(1, 3))),
                    new Expr.Or(
                        List.of(
                            new Expr.IsNull(new Expr.ColumnRef(0, 3)),
                            new Expr.Not(new Expr.IsNull(new Expr.ColumnRef(2, 1))))))));
  }

  @Test
  void removesUnusedColumnsInTheMiddle() {
    ViewPlan plan =
        Planner.plan(
            """
            CREATE MATERIALIZED TABLE v (PRIMARY KEY (site_id, id) NOT ENFORCED)
            PARTITIONED BY (site_id) FRESHNESS = INTERVAL '2' HOUR
            AS SELECT site_id, c.id FROM inbox.conversations c WHERE archived <> 0
            """,
            Sources.sample());

    assertThat(names(plan.root())).containsExactly("id", "site_id", "archived");
    assertThat(plan.where())
        .isEqualTo(
            new Expr.Comparison(
                Expr.Comparator.NOT_EQUAL,
                new Expr.ColumnRef(0, 2),
                new Expr.Literal(ValueType.INTEGER, 0L),
                ValueType.INTEGER,
                ""));
    assertThat(plan.order()).containsExactly(new ViewPlan.Order(1, false));
  }

  @Test
  void ordersByTheKeyIfNothingElseIsLeft() {
    ViewPlan plan =
        Planner.plan(
            """
            CREATE MATERIALIZED TABLE v (PRIMARY KEY (id) NOT ENFORCED)
            PARTITIONED BY (id) FRESHNESS = INTERVAL '1' SECOND
            AS SELECT id, name FROM users
            """,
            Sources.sample());

    assertThat(plan.entryKey()).isEmpty();
    assertThat(plan.order()).containsExactly(new ViewPlan.Order(0, false));
    assertThat(plan.where()).isEqualTo(Expr.TRUE);
  }

  @Test
  void cutsTheQueryOutOfTheStatement() {
    String text =
        """
        -- a note; with 'things
        /* and
         more */ CREATE MATERIALIZED TABLE v
         (PRIMARY KEY (id) NOT ENFORCED) PARTITIONED BY (id)
         FRESHNESS = INTERVAL '1' SECOND AS
        \tSELECT id, bin -- why; not
        FROM\t`rows` WHERE bin = 'it''s 😀; -- ?' AND (tiny = -1)
        ORDER BY id -- newest
         ; -- the end
        """
            .replace("AS\n", "AS\r\n");

    ViewPlan plan = Planner.plan(text, Sources.kinds());

    assertThat(plan.query())
        .isEqualTo(
            """
            SELECT id, bin -- why; not
            FROM\t`rows` WHERE bin = 'it''s 😀; -- ?' AND (tiny = -1)\
            """);
    assertThat(Declaration.parse(text).text()).isEqualTo(text);
  }

  @Test
  void leavesOutDistinct() {
    ViewPlan plan =
        Planner.plan(
            Refusal.view("SELECT DISTINCT k, id FROM `rows` r ORDER BY id"), Sources.kinds());

    assertThat(plan.query()).isEqualTo("SELECT  k, id FROM `rows` r");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k = 1 AND VALUE IN (1, 2)",
        "k = 1 AND (NOT value < 3 OR k = value)",
        "1 = value AND value BETWEEN value AND 7",
      })
  void takesSuchNamesBehindOperators(String where) {
    Catalogue catalogue =
        new Catalogue(
            "inbox",
            List.of(
                TableBuilder.table("rows")
                    .notNull("id", "int")
                    .notNull("k", "int")
                    .nullable("value", "int")
                    .keyed("id")));

    assertThat(Planner.plan(Refusal.where(where), catalogue).query().replace("`", ""))
        .endsWith("WHERE " + where);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "bin = \"it's\" AND k = 1 | bin = 'it''s' AND k = 1",
        "bin IN (\"\",\"say \"\"x\"\"\") | bin IN ('','say \"x\"')",
        "bin = \"-- ; /* */\"/* \"it's\" */ AND k = 1 | bin = '-- ; /* */'/* \"it's\" */ AND k = 1",
        "`raw` = 0xfFf AND raw4=0x00000000 | `raw` = X'0fFf' AND raw4=X'00000000'",
      })
  void writesTextsAndBytesAsTheParserReadsThem(String given, String taken) {
    assertThat(Planner.plan(Refusal.where(given), Sources.kinds()).query())
        .isEqualTo(Planner.plan(Refusal.where(taken), Sources.kinds()).query())
        .endsWith("WHERE " + taken);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "tiny = '0' | tiny = 0",
        "price BETWEEN '-1.50' AND '2' | price BETWEEN -1.50 AND 2",
        "big_u BETWEEN '7' AND 8 OR big_u BETWEEN TRUE AND '2' | big_u BETWEEN 7 AND 8 OR big_u BETWEEN 1 AND 2",
        "big_u IN ('7', 8) | big_u IN (7, 8)",
        "k = TRUE OR price < FALSE | k = 1 OR price < 0",
        "CASE tiny WHEN '1' THEN TRUE ELSE FALSE END | CASE tiny WHEN 1 THEN 1 ELSE 0 END",
      })
  void takesNumbersInTheFormsPeopleWrite(String given, String same) {
    assertThat(Planner.plan(Refusal.where(given), Sources.kinds()).where())
        .isEqualTo(Planner.plan(Refusal.where(same), Sources.kinds()).where());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GROUP BY r.id",
        "GROUP BY r.tiny, r.id, k",
        "GROUP /* by */ BY 2",
        "GROUP BY thing, x",
        "GROUP BY k, -- the key\n id",
        "GROUP BY (r.id)",
      })
  void leavesOutAGroupByOfThePrimaryKey(String groupBy) {
    String select = "SELECT r.k, r.id AS thing, big_u AS x FROM `rows` r WHERE k > 1";
    ViewPlan plan =
        Planner.plan(
            Refusal.head("k, thing", "k", select + " " + groupBy + "\nORDER BY r.id"),
            Sources.kinds());

    assertThat(plan.query()).isEqualTo(select);
  }

  @Test
  void groupsByAColumnThatEqualsTheRootsOwn() {
    String query = "SELECT r.k, r.id FROM `rows` r JOIN unsigned_things t ON t.id = r.id";

    assertThat(Planner.plan(Refusal.view(query + " GROUP BY t.id, r.k"), Sources.kinds()).query())
        .isEqualTo(query);
    Refusal.check(
        Refusal.view(query.replace("JOIN", "LEFT JOIN") + " GROUP BY t.id"),
        "View v: GROUP BY leaves out 'r.id' of the root's primary key");
  }

  @Test
  void takesBoundsOutOfTheQuery() {
    ViewPlan plan =
        Planner.plan(
            Refusal.view(
                "SELECT DISTINCT k, id, price FROM `rows` r\n"
                    + "WHERE ? <= price AND (tiny = 1 AND (r.price < ?)) ORDER BY k, price DESC"),
            Sources.kinds());

    assertThat(plan.query())
        .isEqualTo("SELECT  k, id, price FROM `rows` r\nWHERE TRUE AND (tiny = 1 AND (TRUE))");
    assertThat(plan.bounds())
        .containsExactly(
            new ViewPlan.Bound(2, ViewPlan.End.FROM, true),
            new ViewPlan.Bound(2, ViewPlan.End.TO, false));
    assertThat(plan.where()).isInstanceOf(Expr.Comparison.class);
    assertThat(Names.MYSQL.bounds(plan, "v.", List.of(true, true)))
        .isEqualTo(" AND v.`price` >= ? AND v.`price` < ?");
    assertThat(Names.MYSQL.bounds(plan, "v.", List.of(false, true)))
        .isEqualTo(" AND v.`price` < ?");

    ViewPlan between =
        Planner.plan(
            Refusal.view("SELECT k, id FROM `rows` r WHERE id BETWEEN ? AND ?"), Sources.kinds());
    assertThat(between.query()).isEqualTo("SELECT k, id FROM `rows` r WHERE TRUE");
    assertThat(between.where()).isEqualTo(Expr.TRUE);
    assertThat(between.bounds())
        .containsExactly(
            new ViewPlan.Bound(1, ViewPlan.End.FROM, true),
            new ViewPlan.Bound(1, ViewPlan.End.TO, true));
  }

  @Test
  void answersDifferentlyWithOtherBounds() {
    String text = Refusal.view("SELECT k, id FROM `rows` r WHERE id >= ?");

    assertThat(Declaration.parse(text).answersAs(Declaration.parse(text))).isTrue();
    assertThat(Declaration.parse(text).answersAs(Declaration.parse(text.replace(">=", ">"))))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          born - INTERVAL 1 DAY                   | DATE_SUB(born, INTERVAL 1 DAY)
          (seen) + INTERVAL '2' MONTH             | DATE_ADD(seen, INTERVAL '2' MONTH)
          seen + INTERVAL -3 HOUR - INTERVAL 1 DAY | DATE_SUB(DATE_ADD(seen, INTERVAL -3 HOUR), INTERVAL 1 DAY)
          DATEDIFF(seen - INTERVAL 1 DAY, born)   | DATEDIFF(DATE_SUB(seen, INTERVAL 1 DAY), born)
          CONVERT(tiny, SIGNED)                   | CAST(tiny AS SIGNED)
          convert (tiny + 1,CHAR)                 | CAST(tiny + 1 AS CHAR)
          CONVERT(price / 3, decimal ( 20 , 1 ))  | CAST(price / 3 AS DECIMAL(20, 1))
          CONVERT(CONVERT(k, SIGNED) DIV 2, CHAR) | CAST(CAST(k AS SIGNED) DIV 2 AS CHAR)
          CONVERT(DATE(seen), DATETIME)           | CAST(DATE(seen) AS DATETIME)
          CONVERT(seen, DATE)                     | CAST(seen AS DATE)
          made = '2024'                           | made = 2024
          tiny - ( -5)                            | tiny - -5
          tiny - -(5 - k)                         | tiny - (-(5 - k))
          -(- /* no number */ (5 - k))            | - -(5 - k)
          k mod (tiny)                            | k % tiny
          (k) MOD(tiny + (k)) * 2                 | k % (tiny + k) * 2
          k MOD (MOD (tiny, 2))                   | k % MOD(tiny, 2)
          CASE WHEN tiny THEN 1 ELSE MOD (k, 2) END | CASE WHEN tiny THEN 1 ELSE k % 2 END
          """)
  void takesEqualFormsForTheSame(String form, String same) {
    String query = "SELECT k, id,\n%s AS x FROM `rows` r ORDER BY\n%s, id";
    ViewPlan plan = Planner.plan(Refusal.view(query.formatted(form, form)), Sources.kinds());
    ViewPlan expected = Planner.plan(Refusal.view(query.formatted(same, same)), Sources.kinds());

    assertThat(plan.outputs())
        .extracting(ViewPlan.Output::value)
        .isEqualTo(expected.outputs().stream().map(ViewPlan.Output::value).toList());
    assertThat(plan.query()).contains(form);
  }

  /** A savepoint is resumed only by the plan that made it, and fingerprints print the plan. */
  @Test
  void plansWithBinaryConstantsAreEqual() {
    String view =
        Refusal.view(
            "SELECT r.k, r.id, o.tiny FROM `rows` r"
                + " LEFT JOIN `rows` o ON o.id = r.id AND o.raw = X'00ff' ORDER BY r.id");
    List<PlanNode> nodes = Planner.plan(view, Sources.kinds()).nodes();

    assertThat(Planner.plan(view, Sources.kinds()).nodes())
        .isEqualTo(nodes)
        .hasToString("" + nodes);
    assertThat(Planner.plan(view.replace("00ff", "00fe"), Sources.kinds()).nodes())
        .isNotEqualTo(nodes);
    assertThat(new PlanNode.Fixed(1, new byte[] {1}))
        .isEqualTo(new PlanNode.Fixed(1, new byte[] {1}))
        .hasSameHashCodeAs(new PlanNode.Fixed(1, new byte[] {1}))
        .hasToString("Fixed[column=1, value=0x01]")
        .isNotEqualTo(new PlanNode.Fixed(1, new byte[] {2}));
  }

  @Test
  void sortsByWhatNoAnswerShows() {
    ViewPlan plan =
        Planner.plan(
            Refusal.view(
                """
                SELECT DISTINCT k, id, tiny + 1 AS more, (r.made) -- the last
                FROM `rows` r WHERE tiny IS NOT NULL
                ORDER BY (tiny + k) * (k + id) -- what follows )
                  DESC, r.born, tiny IS NULL, more DESC, r.sku /* the last ( */
                """),
            Sources.kinds());

    assertThat(plan.query())
        .isEqualTo(
            """
            SELECT  k, id, tiny + 1 AS more, (r.made), (tiny + k) * (k + id) AS _order_1,\
             r.born AS _order_2, tiny IS NULL AS _order_3, r.sku AS _order_4 -- the last
            FROM `rows` r WHERE tiny IS NOT NULL\
            """);
    assertThat(plan.shown())
        .extracting(output -> output.column().name())
        .containsExactly("k", "id", "more", "made");
    assertThat(plan.outputs().subList(4, 8))
        .extracting(ViewPlan.Output::sortedBy)
        .containsExactly("(tiny + k) * (k + id)", "r.born", "tiny IS NULL", "r.sku");
    assertThat(plan.order())
        .containsExactly(
            new ViewPlan.Order(4, true),
            new ViewPlan.Order(5, false),
            new ViewPlan.Order(6, false),
            new ViewPlan.Order(2, true),
            new ViewPlan.Order(7, false),
            new ViewPlan.Order(1, false));
    assertThat(plan.outputs().get(5).column().nullable()).isFalse();
  }

  @Test
  void sortsLongTextsOfPaddingCollationsByTheirBeginning() {
    ViewPlan plan =
        Planner.plan(
            Refusal.view(
                "SELECT k, id, story AS _order_1, title FROM `rows`"
                    + " ORDER BY _order_1 DESC, CONCAT(headline, story), k"),
            Sources.kinds());

    assertThat(plan.query())
        .isEqualTo(
            "SELECT k, id, story AS _order_1, title,"
                + " RPAD(WEIGHT_STRING(LEFT(story, 4096)), 1024, X'0209') AS _order_2,"
                + " RPAD(WEIGHT_STRING(LEFT(CONCAT(headline, story), 4096)), 1024, X'0209')"
                + " AS _order_3 FROM `rows`");
    Column key = new Column("_order_2", ValueType.BYTES, true, "varbinary(1024)", "");
    assertThat(plan.outputs().get(4).column()).isEqualTo(key);
    assertThat(plan.outputs().get(4).sortedBy()).isEqualTo("story");
    assertThat(plan.order()).element(0).isEqualTo(new ViewPlan.Order(4, true));
  }

  @Test
  void sortsTextsOfOtherCollationsInFull() {
    ViewPlan plan =
        Planner.plan(
            Refusal.view("SELECT k, id, title FROM `rows` ORDER BY title, CONCAT(`raw`, `raw`)"),
            Sources.kinds());

    assertThat(plan.query())
        .isEqualTo("SELECT k, id, title, CONCAT(`raw`, `raw`) AS _order_1 FROM `rows`");
  }

  @Test
  void namesTheColumnsThatOnlyTheOrderNeeds() {
    Declaration one =
        Declaration.parse(
            Refusal.view("SELECT k, id, tiny AS t FROM `rows` ORDER BY t, born, CONCAT(bin, pad)"));
    Declaration two =
        Declaration.parse(
            Refusal.view("SELECT r.k, r.id FROM `rows` r, codes c ORDER BY id, r.born, c.code"));

    assertThat(one.columns().values())
        .containsExactly(Set.of("k", "id", "tiny", "born", "bin", "pad"));
    assertThat(two.columns().values()).containsExactly(Set.of("k", "id", "born"), Set.of("code"));
  }

  @Test
  void takesNamesThatOnlyTheParserReserves() {
    Declaration declared =
        Declaration.parse(
            Refusal.view("SELECT k, id, r.position, r.value AS `user` FROM `rows` r, views"));

    assertThat(declared.tables().stream().map(TableName::name)).containsExactly("rows", "views");
  }

  @Test
  void findsTheRootAndTheConditionsOfJoins() {
    String query =
        """
        CREATE MATERIALIZED TABLE v (PRIMARY KEY (name, conversation_id, user_id) NOT ENFORCED)
        PARTITIONED BY (name) FRESHNESS = INTERVAL '5' SECOND
        AS SELECT u.name, p.conversation_id, p.user_id
        FROM users u JOIN participants p ON p.user_id = u.id AND u.image_url <> 'x', conversations c
        WHERE c.id = p.conversation_id AND c.archived = 0
        """;
    ViewPlan plan = Planner.plan(query, Sources.sample());

    assertThat(plan.nodes())
        .extracting(PlanNode::alias, PlanNode::parent, PlanNode::inner)
        .containsExactly(tuple("p", -1, true), tuple("u", 0, true), tuple("c", 0, true));
    assertThat(plan.where()).isInstanceOf(Expr.And.class);
  }

  @Test
  void takesAJoinedColumnForTheRootsOwn() {
    String query =
        """
        CREATE MATERIALIZED TABLE v (PRIMARY KEY (user_id, conversation) NOT ENFORCED)
        PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
        AS SELECT p.user_id, c.id AS conversation
        FROM conversations c JOIN participants p ON c.id = p.conversation_id
        """;
    ViewPlan plan = Planner.plan(query, Sources.sample());

    assertThat(plan.root().alias()).isEqualTo("p");
    assertThat(plan.rootKey()).containsExactly(1, 0);
  }

  private static ViewPlan joined(String from) {
    Table things =
        new Table(
            "inbox",
            "things",
            TableBuilder.table("things")
                .notNull("id", "int")
                .notNull("code", "int")
                .notNull("lang", "int")
                .nullable("size", "int")
                .keyed("id")
                .columns(),
            List.of(0),
            List.of(new Table.UniqueKey("by_code", List.of(1, 2))),
            List.of());
    Table notes =
        TableBuilder.table("notes").notNull("id", "int").nullable("thing", "int").keyed("id");
    return Planner.plan(
        "CREATE MATERIALIZED TABLE v (PRIMARY KEY (id) NOT ENFORCED) PARTITIONED BY (id)"
            + " FRESHNESS = INTERVAL '1' SECOND AS SELECT n.id, t.size FROM "
            + from,
        new Catalogue("inbox", List.of(notes, things)));
  }

  @Test
  void joinsByAUniqueKeyAndConstants() {
    ViewPlan plan =
        joined(
            "notes n LEFT JOIN things t ON t.code = n.thing AND t.lang IN (7) AND t.size > n.id");

    PlanNode thing = plan.nodes().get(1);
    assertThat(thing.table().columns())
        .extracting(Column::name)
        .containsExactly("id", "code", "lang", "size");
    assertThat(thing.key()).containsExactly(1);
    assertThat(thing.fixed()).containsExactly(new PlanNode.Fixed(2, 7L));
    assertThat(thing.table().uniqueKeys())
        .extracting(Table.UniqueKey::name)
        .containsExactly("by_code");
    assertThat(thing.on())
        .isEqualTo(
            new Expr.Comparison(
                Expr.Comparator.GREATER,
                new Expr.ColumnRef(1, 3),
                new Expr.ColumnRef(0, 0),
                ValueType.INTEGER,
                ""));
    assertThat(thing.has(new Object[] {1L, 2L, 7L, null})).isTrue();
    assertThat(thing.has(new Object[] {1L, 2L, 8L, null})).isFalse();
  }

  @Test
  void readsUsingAndRightJoins() {
    ViewPlan using = joined("notes n JOIN things t USING (id)");
    assertThat(using.nodes().get(1).key()).containsExactly(0);
    assertThat(using.nodes().get(1).foreignKey()).containsExactly(0);

    ViewPlan right = joined("things t RIGHT JOIN notes n ON t.id = n.thing");
    assertThat(right.root().alias()).isEqualTo("n");
    assertThat(right.nodes().get(1).inner()).isFalse();
  }

  @Test
  void prefersThePrimaryKey() {
    ViewPlan plan =
        joined("notes n JOIN things t ON t.code = n.thing AND t.lang = 1 AND t.id = n.id");

    assertThat(plan.nodes().get(1).key()).containsExactly(0);
    assertThat(plan.nodes().get(1).table().uniqueKeys()).isEmpty();
    assertThat(plan.where()).isInstanceOf(Expr.And.class);
  }

  @Test
  void joinsAndComparesExactNumbersOfAnyTypes() {
    ViewPlan plan =
        Planner.plan(
            Refusal.view(
                "SELECT r.k, r.id FROM `rows` r JOIN unsigned_things t ON t.id = r.parent_b"
                    + " LEFT JOIN parents p ON p.a = r.k AND p.b = r.big_u WHERE r.k < t.id"),
            Sources.kinds());

    assertThat(plan.nodes().get(1).key()).containsExactly(0);
    assertThat(plan.nodes().get(2).foreignKey()).hasSize(2);
    assertThat(plan.where())
        .isEqualTo(
            new Expr.Comparison(
                Expr.Comparator.LESS,
                new Expr.Scaled(new Expr.ColumnRef(0, 1), 0, Expr.Digits.ROUNDED),
                new Expr.ColumnRef(1, 0),
                ValueType.DECIMAL,
                ""));
  }

  @Test
  void takesAConstantPartOfTheRootsKey() {
    ViewPlan plan =
        Planner.plan(
            """
            CREATE MATERIALIZED TABLE v (PRIMARY KEY (user_id) NOT ENFORCED)
            PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
            AS SELECT p.user_id, c.site_id
            FROM conversations c JOIN participants p ON c.id = p.conversation_id
            WHERE p.conversation_id = 4
            """,
            Sources.sample());

    assertThat(plan.root().alias()).isEqualTo("p");
    assertThat(plan.root().fixed()).extracting(PlanNode.Fixed::value).containsExactly(4L);
    assertThat(plan.rootKey()).containsExactly(0);
  }

  @Test
  void listsEachTableOnce() {
    assertThat(Declaration.parse(Sources.messagesOfSites()).tables())
        .extracting(TableName::database, TableName::name)
        .containsExactly(
            tuple("", "messages"),
            tuple("", "conversations"),
            tuple("", "participants"),
            tuple("", "users"));
  }

  @Test
  void isRecomputedFromTextAndCatalogue() throws Exception {
    ViewPlan plan = Planner.plan(Sources.messagesOfSites(), Sources.sample());

    String json = CatalogueJson.write(Sources.sample());

    assertThat(CatalogueJson.read(json)).isEqualTo(Sources.sample());
    String earlier = json.replace(",\"uniqueKeys\":[],\"foreignKeys\":[]", "");
    assertThat(earlier).isNotEqualTo(json);
    assertThat(CatalogueJson.read(earlier)).isEqualTo(Sources.sample());
    assertThat(Planner.plan(Sources.messagesOfSites(), CatalogueJson.read(json))).isEqualTo(plan);
    assertThat(copied(plan)).isEqualTo(plan);
  }

  private static Object copied(Object object) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  private static List<String> names(PlanNode node) {
    return node.table().columns().stream().map(Column::name).toList();
  }
}
