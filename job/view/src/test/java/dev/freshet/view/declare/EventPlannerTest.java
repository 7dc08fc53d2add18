package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.event.DomainEvent;
import dev.freshet.view.event.EventFunction;
import dev.freshet.view.event.EventTable;
import dev.freshet.view.event.EventView;
import dev.freshet.view.event.KeyedEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventPlannerTest {
  private static final EventView SHIPMENTS = EventPlanner.plan(Shipments.view());

  private static Object[] event(long at, String kind, String warehouse, String status) {
    return new Object[] {"e" + at, at, kind, "s1", warehouse, "ups", status, null, null, 1L, null};
  }

  private static KeyedEvents add(KeyedEvents events, Object[] row) {
    events.add(new DomainEvent((String) row[0], (Long) row[1], row), 0);
    return events;
  }

  @Test
  void readsTheTableOfTheTopic() {
    EventTable table = SHIPMENTS.table();
    assertThat(table.name()).isEqualTo("shipment_events");
    assertThat(table.topic()).isEqualTo("shipments");
    assertThat(table.format()).isEqualTo(EventTable.Format.JSON);
    assertThat(table.idColumn()).isZero();
    assertThat(table.timeColumn()).isEqualTo(1);
    assertThat(table.columns())
        .containsExactly(
            column("event_id", ValueType.STRING, false, "longtext"),
            column("occurred_at", ValueType.TIMESTAMP, false, "timestamp(6)"),
            column("kind", ValueType.STRING, true, "longtext"),
            column("shipment_id", ValueType.STRING, true, "longtext"),
            column("warehouse_id", ValueType.STRING, true, "longtext"),
            column("carrier", ValueType.STRING, true, "longtext"),
            column("status", ValueType.STRING, true, "longtext"),
            column("price", ValueType.DECIMAL, true, "decimal(10,2)"),
            column("weight", ValueType.DOUBLE, true, "double"),
            column("pieces", ValueType.INTEGER, true, "int"),
            column("fragile", ValueType.INTEGER, true, "tinyint(1)"));
  }

  private static Column column(String name, ValueType type, boolean nullable, String mysqlType) {
    return new Column(
        name, type, nullable, mysqlType, type == ValueType.STRING ? ColumnRules.EXACT : "");
  }

  @Test
  void plansTheRowOfAReadModelAsOneNode() {
    ViewPlan plan = SHIPMENTS.plan();
    assertThat(plan.isOverEvents()).isTrue();
    assertThat(plan.source()).isEqualTo(new ViewPlan.Source.Events(List.of("shipments")));
    assertThatThrownBy(plan::query)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("view shipments is over events: MySQL has no query for it");
    assertThat(plan.nodes()).hasSize(1);
    assertThat(plan.root().table().name()).isEqualTo("shipments");
    assertThat(plan.root().table().columns())
        .isEqualTo(plan.outputs().stream().map(ViewPlan.Output::column).toList());
    assertThat(plan.outputs().stream().map(ViewPlan.Output::column))
        .containsExactly(
            column("shipment_id", ValueType.STRING, false, "varchar(255)"),
            column("warehouse_id", ValueType.STRING, true, "longtext"),
            column("packed_at", ValueType.TIMESTAMP, true, "timestamp(6)"),
            column("second_carrier", ValueType.STRING, true, "longtext"),
            column("status", ValueType.STRING, true, "longtext"),
            column("events", ValueType.INTEGER, false, "bigint"));
    assertThat(plan.key()).containsExactly(0);
    assertThat(plan.entryKey()).isEmpty();
    assertThat(plan.rootKey()).containsExactly(0);
    assertThat(plan.order()).containsExactly(new ViewPlan.Order(0, false));
    assertThat(plan.freshness()).isEqualTo(Duration.ofSeconds(5));
    assertThat(plan.options().onRead()).isFalse();
    assertThat(SHIPMENTS.keepDeleted()).isEqualTo(Duration.ofDays(60));
    assertThat(SHIPMENTS.keepIds()).isEqualTo(EventView.KEEP_IDS);
    assertThat(SHIPMENTS.group()).containsExactly(3);
  }

  @Test
  void readsFunctionsWithTheFunctionsOfHavingBehindThem() {
    assertThat(SHIPMENTS.functions().stream().map(EventFunction::kind))
        .containsExactly(
            EventFunction.Kind.SET_ONCE,
            EventFunction.Kind.MIN,
            EventFunction.Kind.NTH_BY,
            EventFunction.Kind.MAX_BY,
            EventFunction.Kind.COUNT_DISTINCT,
            EventFunction.Kind.BOOL_OR,
            EventFunction.Kind.BOOL_OR);
    assertThat(SHIPMENTS.functions().get(2).n()).isEqualTo(2);
    assertThat(SHIPMENTS.having())
        .isEqualTo(
            new Expr.And(
                List.of(
                    new Expr.NotZero(new Expr.ColumnRef(0, 5)),
                    new Expr.Not(new Expr.NotZero(new Expr.ColumnRef(0, 6))))));
  }

  @Test
  void computesWhatIsDeclared() {
    KeyedEvents events = SHIPMENTS.model().empty();
    add(events, event(30, "moved", null, "on its way"));
    add(events, event(20, "packed", "w1", "packed"));
    assertThat(events.answer()).isInstanceOf(KeyedEvents.Answer.Hidden.class);
    add(events, event(10, "created", null, null));
    KeyedEvents.Answer.Visible visible = (KeyedEvents.Answer.Visible) events.answer();
    assertThat(SHIPMENTS.row(new Object[] {"s1"}, visible.results()))
        .containsExactly("s1", "w1", 20L, "ups", "on its way", 3L);
    add(events, event(40, "cancelled", null, null));
    assertThat(events.answer()).isInstanceOf(KeyedEvents.Answer.Hidden.class);
  }

  @Test
  void plansAListOfEntriesForAKey() {
    ViewPlan plan =
        EventPlanner.plan(
                Shipments.head("carrier, shipment_id", "carrier", "")
                    + """
                      SELECT MAX(occurred_at) AS last, shipment_id, carrier
                      FROM shipment_events AS e GROUP BY e.carrier, shipment_id
                      ORDER BY last DESC;
                      """)
            .plan();
    assertThat(plan.primaryKey()).containsExactly(2, 1);
    assertThat(plan.keyColumns()).isEqualTo(1);
    assertThat(plan.order())
        .containsExactly(new ViewPlan.Order(0, true), new ViewPlan.Order(1, false));
    assertThat(plan.root().table().columns().stream().map(Column::name))
        .containsExactly("carrier", "shipment_id", "last");
    assertThat(plan.rootKey()).containsExactly(2, 1);
  }

  @Test
  void givesResultsTheirTypes() {
    EventView view =
        EventPlanner.plan(
            Shipments.select(
                """
                SUM(pieces) AS pieces, SUM(price) AS price, AVG(pieces) AS a, AVG(price) AS b,
                COUNT(*) FILTER (WHERE fragile) AS fragile, BOOL_AND(pieces > 1) AS many,
                MIN(weight) AS weight, SUM(pieces * price) AS total,
                MIN_BY(status, occurred_at) IGNORE NULLS AS first,
                SUM(CASE WHEN kind = 'moved' THEN pieces ELSE 0 END) AS moved, COUNT(*) AS n,
                COUNT(*) AS again
                """));
    assertThat(view.plan().outputs().stream().map(output -> output.column().mysqlType()))
        .containsExactly(
            "varchar(255)",
            "bigint",
            "decimal(65,2)",
            "decimal(65,4)",
            "decimal(65,6)",
            "bigint",
            "tinyint(1)",
            "double",
            "decimal(65,2)",
            "longtext",
            "bigint",
            "bigint",
            "bigint");
    assertThat(view.functions()).hasSize(11);
    assertThat(view.functions().get(8).ignoreNulls()).isTrue();
    assertThat(view.plan().outputs().get(12).value())
        .isEqualTo(view.plan().outputs().get(11).value());
  }

  @Test
  void readsWhatHavingCompares() {
    EventView view =
        EventPlanner.plan(
            Shipments.view()
                .replaceFirst(
                    "(?s)HAVING.*", "HAVING COUNT(*) > 3 OR MAX(pieces) IS NULL AND COUNT(*) < 9"));
    assertThat(view.functions()).hasSize(7);
    assertThat(view.having()).isInstanceOf(Expr.Or.class);
  }

  @Test
  void tellsItsTextsFromThoseOfOtherViews() {
    assertThat(EventPlanner.isOne(Shipments.view())).isTrue();
    assertThat(EventPlanner.isOne(Sources.unreadConversations())).isFalse();
    assertThat(EventPlanner.isOne("-- CREATE TABLE x\n" + Sources.messagesOfSites())).isFalse();
  }

  @Test
  void answersAsAnotherWithOtherOptionsOrFreshness() {
    EventView view = EventPlanner.plan(Shipments.view());
    String text = Shipments.view();
    assertThat(view.answersAs(EventPlanner.plan(text.replace("'60 d'", "'70 d'")))).isTrue();
    assertThat(view.answersAs(EventPlanner.plan(text.replace("'5' SECOND", "'9' SECOND"))))
        .isTrue();
    for (String other :
        List.of(
            text.replace("occurred_at, 2)", "occurred_at, 3)"),
            text.replace("'cancelled'", "'returned'"),
            text.replace("'topic' = 'shipments'", "'topic' = 'others'"),
            text.replace("AS packed_at", "AS packed"))) {
      assertThat(view.answersAs(EventPlanner.plan(other))).as(other).isFalse();
    }
  }

  @Test
  void isRefusedWhereAViewOfMysqlIsExpected() {
    assertThatThrownBy(() -> Declaration.parse(Shipments.view()))
        .isInstanceOf(ViewException.class)
        .hasMessage(
            "View shipments: a read model over events is not a view of tables (line 1); declare it in"
                + " a file of its own");
  }

  @Test
  void plansTheDocumentedExample() throws IOException {
    String page = Files.readString(Path.of("../docs/events.md"));
    int start = page.indexOf("```sql\n") + "```sql\n".length();
    EventView view = EventPlanner.plan(page.substring(start, page.indexOf("```", start)));
    assertThat(view.plan().view()).isEqualTo("shipments");
    assertThat(view.functions()).hasSize(7);
    assertThat(view.keepDeleted()).isEqualTo(Duration.ofDays(90));
  }
}
