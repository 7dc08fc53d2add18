package dev.freshet.view.declare;

import static dev.freshet.view.declare.Shipments.columns;
import static dev.freshet.view.declare.Shipments.head;
import static dev.freshet.view.declare.Shipments.over;
import static dev.freshet.view.declare.Shipments.query;
import static dev.freshet.view.declare.Shipments.select;
import static dev.freshet.view.declare.Shipments.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Read models over events, and the tables of their topics. */
class RefusedEventViewsTest {
  private static final String EVENTS = "\nFROM shipment_events ";
  private static final String GROUPED = EVENTS + "GROUP BY shipment_id ";

  private static Arguments row(String text, String message) {
    return Arguments.of(text, "View shipments: " + message);
  }

  static Stream<Arguments> functions() {
    String as = " AS x";
    return Stream.of(
        row(
            select("LAST_VALUE(status)" + as),
            "the function LAST_VALUE over events is not supported (line 9); write MAX_BY(value,"
                + " time): the order of arrival means nothing"),
        row(
            select("FIRST_VALUE(status)" + as),
            "the function FIRST_VALUE over events is not supported (line 9); write MIN_BY(value,"
                + " time), or SET_ONCE(value)"),
        row(
            select("LAG(status) OVER (ORDER BY occurred_at)" + as),
            "the window function LAG is not supported (line 9); write NTH_BY(value, time, n)"),
        row(
            select("SUM(pieces) OVER (ORDER BY occurred_at)" + as),
            "the window function SUM is not supported (line 9); leave out OVER: the function is"
                + " over all events of its group"),
        row(
            select("GROUP_CONCAT(status)" + as),
            "GROUP_CONCAT is not supported (line 9); group by the id of an entry too"),
        row(
            select("STDDEV(pieces)" + as),
            "the function STDDEV over events is not supported (line 9); take SET_ONCE, MIN, MAX,"),
        row(
            select("COUNT(status)" + as),
            "COUNT(status) is not supported (line 9); write COUNT(*) FILTER (WHERE status IS NOT"
                + " NULL)"),
        row(
            select("COUNT(1)" + as),
            "COUNT(1) is not supported (line 9); write COUNT(*) or COUNT(DISTINCT ...)"),
        row(
            select("COUNT(DISTINCT status, carrier)" + as),
            "COUNT(DISTINCT ...) of several values is not supported (line 9); write CONCAT_WS"),
        row(
            select("SUM(DISTINCT pieces)" + as),
            "SUM(DISTINCT ...) is not supported (line 9); leave out DISTINCT; events that come"
                + " twice are counted once"),
        row(
            select("MIN(DISTINCT pieces)" + as),
            "MIN(DISTINCT ...) is not supported (line 9); leave out DISTINCT; it changes nothing"),
        row(
            select("SUM(weight)" + as),
            "SUM(weight) of DOUBLE is not supported: it depends on the order of the events"
                + " (line 9); declare the column as DECIMAL(p,s)"),
        row(
            select("AVG(status)" + as),
            "AVG(status) is not of numbers (line 9); take an INT, BIGINT or DECIMAL column"),
        row(
            select("MAX(status) IGNORE NULLS" + as),
            "MAX has no IGNORE NULLS (line 9); leave it out; only NTH_BY, MIN_BY and MAX_BY take a"
                + " NULL as a value"),
        row(
            select("NTH_BY(status, occurred_at)" + as),
            "NTH_BY takes 3 operands, not 2 (line 9); write NTH_BY(value, time, n)"),
        row(
            select("MAX_BY(status)" + as),
            "MAX_BY takes 2 operands, not 1 (line 9); write MAX_BY(value, time)"),
        row(
            select("NTH_BY(status, occurred_at, 0)" + as),
            "0 is not the number of a value (line 9); write a whole number from 1 to 1000"),
        row(
            select("NTH_BY(status, occurred_at, pieces)" + as),
            "pieces is not the number of a value (line 9); write a whole number from 1 to 1000"),
        row(
            select("SET_ONCE('a')" + as),
            "a constant in a function over events is not supported (line 9); name a column in it"),
        row(
            select("MAX(MIN(pieces))" + as),
            "a function over events in another is not supported (line 9); name a column in it"),
        row(
            select("MIN(colour)" + as),
            "no table has a column 'colour' (line 9); text is written in single quotes"),
        row(
            select("MIN(shipment_events.sstatus)" + as),
            "the table 'shipment_events' has no column 'sstatus' (line 9); did you mean 'status'?"),
        row(
            select("MIN(shipment_events.colour)" + as),
            "the table 'shipment_events' has no column 'colour' (line 9); declare it in CREATE"
                + " TABLE"),
        row(
            select("MAX(weight * 2)" + as),
            "arithmetic with 'weight' (double) is not supported: its results are not exact (line 9); send the value as a field of the"
                + " event, or compute in the client"),
        row(
            select("MIN(pieces) FILTER (WHERE kind = 5)" + as),
            "5 is compared with 'kind' (longtext) (line 9); write text"),
        row(
            select("MIN(pieces) FILTER (WHERE COUNT(*) > 5)" + as),
            "the aggregate COUNT in FILTER is not supported (line 9)"),
        row(select("MIN(pieces)"), "MIN(pieces) has no name (line 9); give it one with AS"),
        row(
            select("COUNT(*) + 1" + as),
            "an expression around a function over events is not supported (line 9); select the"
                + " function alone and compute in the client, or compute in its operand"),
        row(
            select("pieces + 1" + as),
            "'pieces + 1' is in no function (line 9); write a function around it, such as"
                + " SET_ONCE(...)"),
        row(
            select("status"),
            "'status' is neither in GROUP BY nor in a function (line 9); write SET_ONCE(status) AS"
                + " status or MAX_BY(status, time) AS status"),
        row(
            select("MIN(pieces) AS x, MAX(pieces) AS X"),
            "two columns are named 'X' (line 9); give one another name with AS"),
        row(
            select("MIN(pieces) AS xmin"),
            "the store cannot have a column 'xmin' (line 9); give it another name"));
  }

  static Stream<Arguments> queries() {
    return Stream.of(
        row(
            query("SELECT shipment_id" + EVENTS),
            "GROUP BY is missing (line 9); write GROUP BY and the columns of the primary key"),
        row(
            query("SELECT shipment_id" + EVENTS + "\nWHERE kind = 'a' GROUP BY shipment_id"),
            "WHERE over events is not supported (line 11); write FILTER (WHERE ...) behind each"
                + " function, and BOOL_OR(...) into HAVING"),
        row(
            query(
                "SELECT shipment_id"
                    + EVENTS
                    + "GROUP BY shipment_id, TUMBLE(occurred_at, INTERVAL '1' HOUR)"),
            "the window TUMBLE in GROUP BY is not supported (line 10); group by a field of the"
                + " event, such as its day"),
        row(
            query("SELECT shipment_id" + EVENTS + "GROUP BY shipment_id, ROLLUP(kind)"),
            "ROLLUP(kind) in GROUP BY is not supported (line 10); name columns of shipment_events"),
        row(
            query("SELECT shipment_id" + EVENTS + "GROUP BY shipment_id, shipment_id"),
            "GROUP BY names a column twice (line 10); name it once"),
        row(
            query("SELECT shipment_id" + EVENTS + "GROUP BY shipment_id, weight"),
            "GROUP BY weight is not supported: DOUBLE columns can be shown, compared and sorted by"
                + " only; take DECIMAL (line 10); take another"),
        row(
            query(
                "SELECT s.shipment_id\nFROM shipment_events s JOIN users u ON u.id = s.kind GROUP BY s.shipment_id"),
            "a join in FROM is not supported (line 10); write FROM shipment_events; send what the"
                + " other table has in the events, or declare a view for each, and ask both"),
        row(
            query(
                "SELECT shipment_id\nFROM (SELECT * FROM shipment_events) s GROUP BY shipment_id"),
            "a sub-query in FROM is not supported (line 10); write FROM shipment_events; a read"
                + " model is over the events of one topic"),
        row(
            query(
                "SELECT shipment_id\nFROM TABLE(TUMBLE(TABLE shipment_events,"
                    + " DESCRIPTOR(occurred_at), INTERVAL '1' HOUR)) GROUP BY shipment_id"),
            "a window in FROM is not supported (line 10); write FROM shipment_events; group by a"
                + " field of the event, such as its day"),
        row(
            query("SELECT shipment_id\nFROM shipments GROUP BY shipment_id"),
            "the table 'shipments' is not declared here (line 10); write FROM shipment_events"),
        row(
            query("SELECT DISTINCT shipment_id" + GROUPED),
            "SELECT DISTINCT is not supported (line 9); leave out DISTINCT; each group is one row"),
        row(
            query("SELECT shipment_id" + GROUPED + "UNION ALL\nSELECT shipment_id" + GROUPED),
            "UNION is not supported (line 9); declare a view for each SELECT, and put the answers"
                + " together in the client"),
        row(
            query("SELECT shipment_id, COUNT(*) AS n" + GROUPED + "\nHAVING n > 3"),
            "the column 'n' in HAVING is not supported (line 11); write COUNT(*)"),
        row(
            query("SELECT shipment_id" + GROUPED + "\nHAVING kind = 'created'"),
            "the column 'kind' in HAVING is not supported (line 11); compare functions with"
                + " constants and with each other"),
        row(
            query("SELECT shipment_id" + GROUPED + "\nHAVING LAST_VALUE(kind) = 'created'"),
            "the function LAST_VALUE over events is not supported (line 11); write MAX_BY"),
        row(
            query("SELECT shipment_id" + GROUPED + "\nHAVING MAX(kind) > 5"),
            "5 is compared with 'MAX(kind) #1' (longtext) (line 11); write text"),
        row(
            query("SELECT shipment_id, MAX(kind) AS kind" + GROUPED + "\nORDER BY pieces"),
            "'pieces' in ORDER BY is not in the SELECT list (line 11); select it"),
        row(
            query("SELECT shipment_id, MAX(kind) AS kind" + GROUPED + "\nORDER BY MAX(pieces)"),
            "'MAX(pieces)' in ORDER BY is not supported (line 11); name a column of the SELECT"
                + " list"),
        row(
            query("SELECT shipment_id, MAX(kind) AS kind" + GROUPED + "\nORDER BY kind, kind DESC"),
            "ORDER BY names a column twice (line 11); name it once"),
        row(
            query("SELECT shipment_id, MAX(kind) AS kind" + GROUPED + "\nORDER BY kind NULLS LAST"),
            "NULLS FIRST and NULLS LAST are not supported (line 11); leave them out; NULL is"
                + " lowest"),
        row(
            query(
                "SELECT shipment_id, MAX(kind) AS kind, MIN(kind) AS low"
                    + GROUPED
                    + "\nORDER BY kind, low"),
            "primary key and order may take 3072 bytes, more than the 2600 that the store can"
                + " index; take fewer columns, or numbers instead of STRING"),
        row(
            query("SELECT shipment_id" + GROUPED + "\nLIMIT 5"),
            "LIMIT is not supported (line 11); the reader pages; leave it out"),
        row(
            head("shipment_id, kind", "shipment_id", "")
                + "SELECT shipment_id, MAX(kind) AS kind"
                + GROUPED,
            "'kind' of the primary key is the result of a function (line 7); take columns of GROUP"
                + " BY"),
        row(
            head("shipment_id", "shipment_id", "")
                + "SELECT shipment_id, kind"
                + EVENTS
                + "GROUP BY kind, shipment_id",
            "the primary key leaves out 'kind' of GROUP BY (line 7); write PRIMARY KEY"
                + " (shipment_id, kind)"),
        row(
            query("SELECT shipment_id" + EVENTS + "GROUP BY kind, shipment_id"),
            "'kind' of GROUP BY is not in the SELECT list (line 7); select it and write PRIMARY KEY"
                + " (shipment_id, kind)"),
        row(
            head("kind, shipment_id", "shipment_id", "")
                + "SELECT shipment_id, kind"
                + EVENTS
                + "GROUP BY kind, shipment_id",
            "the primary key does not begin with the key (line 7); write PRIMARY KEY (shipment_id,"
                + " kind)"),
        row(
            query("SELECT shipment_id AS id" + GROUPED),
            "'shipment_id' of the key is not in the SELECT list (line 8); select it and group by"
                + " it"),
        row(
            head("shipment_id", "shipment_id", "WITH ('keep-deletd' = '9 d')")
                + "SELECT shipment_id"
                + GROUPED,
            "the option 'keep-deletd' is not known (line 8); did you mean 'keep-deleted'?"),
        row(
            head("shipment_id", "shipment_id", "WITH ('populate' = 'on-read')")
                + "SELECT shipment_id"
                + GROUPED,
            "the option 'populate' is not known (line 8); the options are: keep-deleted, keep-ids,"
                + " stale-on-error"),
        row(
            head("shipment_id", "shipment_id", "WITH ('keep-deleted' = 'soon')")
                + "SELECT shipment_id"
                + GROUPED,
            "'keep-deleted' = 'soon' is not a duration (line 8); write a whole number and s, min, h"
                + " or d, like '7 d'"),
        row(
            head("shipment_id", "shipment_id", "WITH ('keep-ids' = '9 d')")
                + "SELECT shipment_id, COUNT(DISTINCT kind) AS kinds"
                + GROUPED,
            "'keep-ids' has no effect here (line 8); leave it out; only COUNT(*), SUM and AVG keep"
                + " ids"));
  }

  static Stream<Arguments> tables() {
    String rest = ", 'event-id' = 'id', 'event-time' = 'at'";
    String kafka = "'connector' = 'kafka', 'topic' = 't', 'format' = 'json'";
    return Stream.of(
        row(
            table("", kafka + ", 'event-time' = 'at'"),
            "the option 'event-id' of the table 'e' is missing (line 1); write 'event-id' = '...',"
                + " the name of a STRING column"),
        row(
            table("", kafka + ", 'event-id' = 'id'"),
            "the option 'event-time' of the table 'e' is missing (line 1); write 'event-time' ="
                + " '...', the name of a TIMESTAMP_LTZ column"),
        row(
            table("", kafka + ", 'event-id' = 'at', 'event-time' = 'at'"),
            "the column 'at' of 'event-id' is no STRING (line 3); declare it as STRING"),
        row(
            table(", t TIMESTAMP(3)", kafka + ", 'event-id' = 'id', 'event-time' = 't'"),
            "the column 't' of 'event-time' is no TIMESTAMP_LTZ (line 3); declare it as"
                + " TIMESTAMP_LTZ"),
        row(
            table(", event_id STRING", kafka + ", 'event-id' = 'event_di', 'event-time' = 'at'"),
            "the table 'e' has no column 'event_di' for 'event-id' (line 3); did you mean"
                + " 'event_id'?"),
        row(
            table("", "'connector' = 'jdbc', 'topic' = 't', 'format' = 'json'" + rest),
            "'connector' = 'jdbc' is not supported (line 3); write 'connector' = 'kafka'"),
        row(
            table("", "'connector' = 'kafka', 'topic' = 't', 'format' = 'avro'" + rest),
            "'format' = 'avro' is not supported (line 3); write 'format' = 'json'"),
        row(
            table("", "'connector' = 'kafka', 'format' = 'json'" + rest),
            "the option 'topic' of the table 'e' is missing (line 1); write 'topic' = '...', the"
                + " name in Kafka"),
        row(
            table("", "'connector' = 'kafka', 'topic' = 'a/b', 'format' = 'json'" + rest),
            "'topic' = 'a/b' is not the name of a topic (line 3); write one of up to 249"),
        row(
            table("", kafka + rest + ", 'scan.startup.mode' = 'latest-offset'"),
            "the option 'scan.startup.mode' is not known (line 3); the options are: connector,"
                + " topic, format, event-id, event-time"),
        row(
            columns(", tags ARRAY<STRING>"),
            "the type ARRAY< STRING > is not supported (line 2); take STRING, BOOLEAN, INT, BIGINT,"
                + " DECIMAL(p,s), DOUBLE, DATE, TIMESTAMP(p) or TIMESTAMP_LTZ(p)"),
        row(
            columns(", name VARCHAR(20)"),
            "the type VARCHAR(20) is not supported (line 2); take STRING,"),
        row(columns(", raw BYTES"), "the type BYTES is not supported (line 2); take STRING,"),
        row(columns(", x FLOAT"), "the type FLOAT is not supported (line 2); take STRING,"),
        row(
            columns(", x TIMESTAMP(9)"),
            "the type TIMESTAMP(9) has more than microseconds (line 2); write 6 for the digits"),
        row(
            columns(", x DECIMAL(40, 2)"),
            "the type DECIMAL(40, 2) is not supported (line 2); a DECIMAL has 1 to 38 digits, and"
                + " at most 30 of them after the point"),
        row(columns(", ID INT"), "two columns are named 'ID' (line 2); leave one out"),
        row(
            columns(", x AS id"),
            "the column 'x' is no field of the event (line 2); leave it out; a function can"
                + " compute from fields"),
        row(
            columns(", WATERMARK FOR at AS at"),
            "WATERMARK is not supported (line 2); leave it out; events may come in any order, at"
                + " any time"),
        row(
            columns(", PRIMARY KEY (id) NOT ENFORCED"),
            "a key of a topic's table is not supported (line 2); leave it out; 'event-id' tells"
                + " events apart"),
        row(
            over(
                "CREATE TABLE IF NOT EXISTS e (id STRING, at TIMESTAMP_LTZ(3)) WITH ("
                    + kafka
                    + rest
                    + ")"),
            "IF NOT EXISTS is not supported (line 1); leave it out"),
        row(
            over(
                "CREATE TEMPORARY TABLE e (id STRING, at TIMESTAMP_LTZ(3)) WITH ("
                    + kafka
                    + rest
                    + ")"),
            "TEMPORARY is not supported (line 1); leave it out"),
        row(
            over(
                "CREATE TABLE e (id STRING, at TIMESTAMP_LTZ(3)) WITH ("
                    + kafka
                    + rest
                    + ") LIKE f"),
            "LIKE or AS behind a topic's table is not supported (line 1); write the columns and"
                + " options"),
        row(
            over(
                "CREATE TABLE e (id STRING, at TIMESTAMP_LTZ(3)) PARTITIONED BY (id) WITH ("
                    + kafka
                    + rest
                    + ")"),
            "PARTITIONED BY of a topic's table is not supported (line 1); leave it out; write it"
                + " for the materialized table"),
        row(
            over("CREATE TABLE e (id STRING at TIMESTAMP_LTZ(3)) WITH (" + kafka + rest + ")"),
            "'at' was not expected here (line 1); look at it"),
        row(
            over("CREATE TABLE e (id STRING"),
            "the text ends too early (line 1); the form is CREATE TABLE name (column TYPE, ...)"),
        row(
            Shipments.view() + ";\n" + Shipments.view(),
            "a second CREATE TABLE is not supported (line 18); declare a view for each topic"),
        row(
            Shipments.view() + ";\nSELECT 1",
            "the statement declares nothing (line 18); write CREATE TABLE of a topic and CREATE"
                + " MATERIALIZED TABLE over it, with ; between them"));
  }

  @Test
  void tellsAllProblemsAtOnce() {
    ViewException refused =
        catchThrowableOfType(
            ViewException.class,
            () ->
                EventPlanner.plan(
                    """
                    CREATE TABLE shipment_events (
                      event_id STRING, occurred_at TIMESTAMP_LTZ(6), shipment_id STRING,
                      tags ARRAY<STRING>, status STRING, value INT
                    ) WITH ('connector' = 'kafka', 'topic' = 'shipments', 'event-id' = 'id',
                            'event-time' = 'occurred_at');

                    CREATE MATERIALIZED TABLE shipments (PRIMARY KEY (shipment_id, day) NOT ENFORCED)
                    PARTITIONED BY (shipment_id) WITH ('keep-deleted' = 'soon', 'colour' = 'red')
                    FRESHNESS = INTERVAL '0' SECOND
                    AS SELECT shipment_id, LAST_VALUE(status) AS status, MIN(tags) AS tags,
                         MAX_BY(value, time) AS newest, SUM(value) FILTER (WHERE status > 1) AS total
                    FROM shipment_events
                    WHERE status = 'new'
                    GROUP BY shipment_id
                    HAVING BOOL_OR(status = 1) AND kind = 'a'
                    ORDER BY status, tags, total, place
                    LIMIT 10
                    """));
    assertThat(refused.problems().stream().map(RefusedEventViewsTest::withoutRemedy))
        .containsExactly(
            "the option 'format' of the table 'shipment_events' is missing (line 1)",
            "the type ARRAY< STRING > is not supported (line 3)",
            "the table 'shipment_events' has no column 'id' for 'event-id' (line 4)",
            "'day' of the primary key is not in the SELECT list (line 7)",
            "the option 'colour' is not known (line 8)",
            "'keep-deleted' = 'soon' is not a duration (line 8)",
            "FRESHNESS is not a positive whole number of one unit (line 9)",
            "the function LAST_VALUE over events is not supported (line 10)",
            "no table has a column 'time' (line 11)",
            "1 is compared with 'status' (longtext) (line 11)",
            "WHERE over events is not supported (line 13)",
            "1 is compared with 'status' (longtext) (line 15)",
            "the column 'kind' in HAVING is not supported (line 15)",
            "'place' in ORDER BY is not in the SELECT list (line 16)",
            "LIMIT is not supported (line 17)");
  }

  private static String withoutRemedy(String problem) {
    return problem.replaceFirst("View shipments: ", "").replaceFirst("(\\(line \\d+\\)); .+", "$1");
  }

  @ParameterizedTest
  @MethodSource({"functions", "queries", "tables"})
  void refusesByName(String text, String message) {
    assertThatThrownBy(() -> EventPlanner.plan(text))
        .as(text)
        .isInstanceOf(ViewException.class)
        .message()
        .startsWith(message)
        .doesNotContain("\n");
  }
}
