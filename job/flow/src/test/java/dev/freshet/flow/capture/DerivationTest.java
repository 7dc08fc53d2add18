package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.Tables;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ForeignKey;
import dev.freshet.view.Key;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What the nodes are told of a change. Node 0 points at node 1 by column 0 and at 2 by column 2.
 */
class DerivationTest {
  private static final long AT = 77;
  private static final Column[] COLUMNS = {
    SamplePlan.required("id", ValueType.INTEGER, "bigint"),
    SamplePlan.required("other", ValueType.INTEGER, "bigint")
  };

  private final JobPlan plan = SamplePlan.inbox("db");
  private final Tables tables = new Tables(plan);
  private final Derivation derivation = new Derivation(tables);
  private long order;

  @Test
  void aNewRowSubscribesAtAllItPointsAt() {
    assertThat(derive(null, participant(5, 6, 7L)))
        .containsExactly(
            new Event.RowChange(row(5, 6), AT, 0, participant(5, 6, 7L)),
            new Event.Subscription(Key.of(1L, 5L), AT, 1, row(5, 6), true),
            new Event.Subscription(Key.of(2L, 7L), AT, 2, row(5, 6), true));
  }

  @Test
  void aRowThatPointsNowhereDoesNotSubscribe() {
    assertThat(derive(null, participant(5, 6, null)))
        .containsExactly(
            new Event.RowChange(row(5, 6), AT, 0, participant(5, 6, null)),
            new Event.Subscription(Key.of(1L, 5L), AT, 1, row(5, 6), true));
  }

  @Test
  void onlyAMovedForeignKeyMovesItsSubscription() {
    assertThat(derive(participant(5, 6, 7L), participant(5, 6, 8L)))
        .containsExactly(
            new Event.RowChange(row(5, 6), AT, 0, participant(5, 6, 8L)),
            new Event.Subscription(Key.of(2L, 7L), AT, 1, row(5, 6), false),
            new Event.Subscription(Key.of(2L, 8L), AT, 2, row(5, 6), true));
  }

  @Test
  void aDeletedRowLeavesAllItPointedAt() {
    assertThat(derive(participant(5, 6, 7L), null))
        .containsExactly(
            new Event.RowChange(row(5, 6), AT, 0, null),
            new Event.Subscription(Key.of(1L, 5L), AT, 1, row(5, 6), false),
            new Event.Subscription(Key.of(2L, 7L), AT, 2, row(5, 6), false));
  }

  @Test
  void aChangedPrimaryKeyIsADeleteAndACreate() {
    assertThat(derive(participant(5, 6, null), participant(4, 6, null)))
        .containsExactly(
            new Event.RowChange(row(5, 6), AT, 0, null),
            new Event.Subscription(Key.of(1L, 5L), AT, 1, row(5, 6), false),
            new Event.RowChange(row(4, 6), AT, 2, participant(4, 6, null)),
            new Event.Subscription(Key.of(1L, 4L), AT, 3, row(4, 6), true));
  }

  @Test
  void whatNoNodeSeesIsNotTold() {
    assertThat(derive(participant(5, 6, 7L), participant(5, 6, 7L))).isEmpty();
  }

  @Test
  void aRowWithAnotherConstantIsNoRowOfTheNode() {
    Object[] mine = {1L, 7L};
    Object[] other = {1L, 8L};
    Poison poison = new Poison(Reason.FAILED, true, "x");
    PlanNode whole = SamplePlan.of("db", "t", COLUMNS).node(0).plan();
    PlanNode node =
        new PlanNode(
            "t",
            whole.table(),
            List.of(0),
            List.of(new PlanNode.Fixed(1, 7L)),
            -1,
            List.of(),
            true,
            Expr.TRUE,
            0,
            null);
    Derivation constant = new Derivation(new Tables(SamplePlan.of("t", node)));

    assertThat(derive(constant, null, other, null)).isEmpty();
    assertThat(derive(constant, other, other, poison)).isEmpty();
    assertThat(derive(constant, other, mine, null))
        .containsExactly(new Event.RowChange(Key.of(0L, 1L), AT, 0, mine));
    assertThat(derive(constant, mine, other, poison))
        .containsExactly(new Event.RowChange(Key.of(0L, 1L), AT, 1, null));
    assertThat(derive(constant, mine, null, null))
        .containsExactly(new Event.RowChange(Key.of(0L, 1L), AT, 2, null));
  }

  private List<Event> derive(
      Derivation constant, Object[] before, Object[] after, Poison poisonAfter) {
    List<Event> events = new ArrayList<>();
    constant.derive(
        new Captured.Change(
            0, AT, rows(before), rows(after), true, null, new Poison[] {poisonAfter}),
        false,
        new FaultedViews(),
        version -> order++,
        events::add);
    return events;
  }

  private static Object[][] rows(Object[] row) {
    return row == null ? null : new Object[][] {row};
  }

  @Test
  void aDeletionIsToldToWhatForeignKeysActOn() {
    PlanNode root = SamplePlan.of("db", "t", COLUMNS).node(0).plan();
    PlanNode referenced =
        new PlanNode(
            "fk",
            SamplePlan.of("db", "p", COLUMNS).node(0).plan().table(),
            List.of(0),
            List.of(),
            0,
            List.of(1),
            false,
            Expr.TRUE,
            1,
            new PlanNode.Action("fk", ForeignKey.OnDelete.CASCADE, false));
    Derivation cascading = new Derivation(new Tables(SamplePlan.of("t", root, referenced)));
    Object[] row = {7L, 1L};
    Key key = Key.of(1L, 7L);

    assertThat(deleted(cascading, row, true))
        .containsExactly(new Event.RowChange(key, AT, 0, null), new Event.Cascade(key, AT, 1, key));
    assertThat(deleted(cascading, row, false))
        .containsExactly(new Event.RowChange(key, AT, 2, null));
  }

  private List<Event> deleted(Derivation cascading, Object[] row, boolean checked) {
    List<Event> events = new ArrayList<>();
    cascading.derive(
        new Captured.Change(1, AT, rows(row), null, checked, null, null),
        false,
        new FaultedViews(),
        version -> order++,
        events::add);
    return events;
  }

  @Test
  void aTableInTwoViewsIsToldToBoth() {
    JobPlan twice =
        new JobPlan(List.of(SamplePlan.inbox("db", "a").views().get(0), plan.views().get(0)));
    Object[] user = {7L, "x"};
    List<Event> events = new ArrayList<>();
    new Derivation(new Tables(twice))
        .derive(
            new Captured.Change(2, AT, null, new Object[][] {user, user}),
            false,
            new FaultedViews(),
            version -> order++,
            events::add);
    assertThat(events)
        .containsExactly(
            new Event.RowChange(Key.of(2L, 7L), AT, 0, user),
            new Event.RowChange(Key.of(5L, 7L), AT, 1, user));
  }

  @Test
  void overAnyHistorySubscriptionsAreWhatTheRowsCallFor() {
    for (long seed = 1; seed <= 500; seed++) {
      Random random = new Random(seed);
      Map<Key, Object[]> rows = new HashMap<>();
      List<Event> events = new ArrayList<>();
      for (long version = 0; version < 60; version++) {
        Object[] next =
            participant(
                random.nextInt(3),
                random.nextInt(3),
                random.nextInt(4) == 0 ? null : random.nextLong(4));
        Object[] before = rows.get(plan.node(0).key(next));
        if (version < 5 && before != null) {
          continue;
        }
        Object[] after = before != null && random.nextInt(3) == 0 ? null : next;
        if (before != null && after != null && random.nextInt(4) == 0) {
          Object[] moved = participant(random.nextInt(3), random.nextInt(3), (Long) next[2]);
          if (!rows.containsKey(plan.node(0).key(moved))) {
            after = moved;
          }
        }
        // The first few are snapshot rows.
        long at = version < 5 ? 0 : version;
        derivation.derive(
            change(SamplePlan.PARTICIPANTS, at, before, after),
            false,
            new FaultedViews(),
            any -> order++,
            events::add);
        if (before != null) {
          rows.remove(plan.node(0).key(before));
        }
        if (after != null) {
          rows.put(plan.node(0).key(after), after);
        }
      }
      Rebuilt rebuilt = Rebuilt.of(events);
      assertThat(rebuilt.rowsOf(plan.node(0))).as("seed %d", seed).hasSize(rows.size());
      assertThat(rebuilt.subscriptions())
          .as("seed %d", seed)
          .isEqualTo(rebuilt.subscriptionsCalledFor(plan));
    }
  }

  private List<Event> derive(Object[] before, Object[] after) {
    List<Event> events = new ArrayList<>();
    derivation.derive(
        change(SamplePlan.PARTICIPANTS, AT, before, after),
        false,
        new FaultedViews(),
        version -> order++,
        events::add);
    return events;
  }

  private static Captured.Change change(int table, long at, Object[] before, Object[] after) {
    return new Captured.Change(
        table,
        at,
        before == null ? null : new Object[][] {before},
        after == null ? null : new Object[][] {after});
  }

  private static Object[] participant(long conversation, long user, Long counterpart) {
    return new Object[] {conversation, user, counterpart, 0L};
  }

  private static Key row(long conversation, long user) {
    return Key.of(0L, conversation, user);
  }
}
