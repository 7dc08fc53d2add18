package dev.freshet.flow.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Key;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewOptions;
import dev.freshet.view.ViewPlan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PopulatedKeysTest {
  private static final int EAGER = 0;
  private static final int ON_READ = 1;

  private final JobPlan plan =
      new JobPlan(
          List.of(
              view("all", ViewOptions.DEFAULT),
              view("some", ViewOptions.populatedOnRead(Duration.ofMillis(100)))));
  private final PopulatedKeys keys = new PopulatedKeys(plan, 1);

  @Test
  void anEagerViewHasAllKeysAndTheOtherThoseAskedFor() {
    assertThat(keys.has(EAGER, all(1))).isTrue();
    assertThat(keys.has(ON_READ, some(1))).isFalse();

    assertThat(keys.populate(EAGER, all(1), 0)).isFalse();
    assertThat(keys.populate(ON_READ, some(1), 0)).isTrue();
    assertThat(keys.has(ON_READ, some(1))).isTrue();
    assertThat(keys.size()).isOne();
  }

  @Test
  void whatNobodyReadsLeaves() {
    keys.populate(ON_READ, some(1), 0);
    keys.populate(ON_READ, some(2), 10);
    assertThat(keys.evict(100)).isEmpty();
    assertThat(keys.read(ON_READ, some(1), 90)).isTrue();
    assertThat(keys.read(ON_READ, some(3), 90)).as("of a key that is not there").isFalse();
    assertThat(keys.read(EAGER, all(1), 90)).isFalse();

    assertThat(keys.evict(150)).isEqualTo(Map.of(some(2), ON_READ));
    assertThat(keys.has(ON_READ, some(2))).isFalse();
    assertThat(keys.evict(191)).isEqualTo(Map.of(some(1), ON_READ));
  }

  @Test
  void beyondTheLimitKeysWithoutEntriesLeaveFirstAndThenTheLeastRecentlyRead() {
    JobPlan limited =
        new JobPlan(
            List.of(
                view("all", ViewOptions.DEFAULT),
                view("some", new ViewOptions(true, Duration.ofMillis(100), 6, false))));
    PopulatedKeys half = new PopulatedKeys(limited, 0.5);
    for (long id = 1; id <= 6; id++) {
      half.populate(ON_READ, some(id), id);
    }
    half.markEmpty(ON_READ, some(5));
    half.markEmpty(ON_READ, some(6));
    half.changed(ON_READ, some(6));
    half.changed(EAGER, all(1));
    half.read(ON_READ, some(1), 7);

    assertThat(half.evict(10))
        .as("one without entries, the two read longest ago")
        .containsOnlyKeys(some(5), some(2), some(3));
    assertThat(half.evict(10)).isEmpty();
    assertThat(half.size()).isEqualTo(3);
  }

  @Test
  void afterARestoreTheOldestLeaveFirst() {
    keys.restore(Map.of(some(1), 50L, some(2), 10L, some(3), 30L));

    assertThat(keys.evict(135)).containsOnlyKeys(some(2), some(3));
    assertThat(keys.has(ON_READ, some(1))).isTrue();
  }

  @Test
  void afterARestoreAKeyStaysThatStateAndStoreBothHave() {
    keys.restore(Map.of(some(1), 1L, some(2), 1L, some(3), 1L));

    assertThat(keys.reconcile(Set.of(some(1), some(4)), Set.of(some(3)), Set.of()))
        .as("one that left since, and one that came since")
        .isEqualTo(Map.of(some(2), ON_READ, some(4), ON_READ));
    assertThat(keys.has(ON_READ, some(1))).isTrue();
    assertThat(keys.has(ON_READ, some(2))).as("it left the store").isFalse();
    assertThat(keys.has(ON_READ, some(3))).as("it is written again").isTrue();
    assertThat(keys.has(ON_READ, some(4))).isFalse();
  }

  private Key all(long id) {
    return plan.views().get(EAGER).viewKeyOf(id);
  }

  private Key some(long id) {
    return plan.views().get(ON_READ).viewKeyOf(id);
  }

  private static ViewPlan view(String name, ViewOptions options) {
    Column id = new Column("id", ValueType.INTEGER, false, "bigint", "");
    return new ViewPlan(
        name,
        List.of(
            new PlanNode(
                "t", new Table("sample", "t", List.of(id), List.of(0)), -1, List.of(), true, 0)),
        Expr.TRUE,
        List.of(new ViewPlan.Output(id, new Expr.ColumnRef(0, 0))),
        List.of(0),
        1,
        List.of(new ViewPlan.Order(0, false)),
        List.of(),
        Duration.ofSeconds(5),
        options,
        "SELECT id FROM t");
  }
}
