package dev.freshet.flow.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.SamplePlan;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import org.junit.jupiter.api.Test;

class NodeRowTest {
  private static final JobPlan PLAN = SamplePlan.inbox("sample");
  private static final Key ROW = Key.of(0L, 1L, 7L);

  @Test
  void aRetryOfAnEarlierContentIsRefused() {
    // Both snapshots gave the row version 0; in the second one it holds a NUL.
    Handled marked = poisoned(new Poison(Reason.UNSTORABLE, true, "NUL"));

    assertThat(after(marked, retry(1, false)).row()).isEqualTo(marked.row());
    assertThat(after(marked, retry(1, true)).row().marker()).isNull();
  }

  @Test
  void aRetryIsAcceptedOnce() {
    Handled marked = poisoned(Poison.of(new IllegalStateException("once")));

    Handled cleared = after(marked, retry(1, false));
    assertThat(cleared.row().marker()).isNull();
    assertThat(cleared.applied()).isOne();
    assertThat(after(cleared, retry(1, false)).applied()).isOne();
    assertThat(after(marked, retry(2, false)).row()).isEqualTo(marked.row());
  }

  @Test
  void aRepairKeepsThePartsThatAreNotSentAgain() {
    Object[] row = row();
    Key child = PLAN.childKey(PLAN.node(PLAN.node(0).children().get(0)), row);
    Handled whole =
        after(
            after(
                Handled.nothing(NodeRow.empty(PLAN.node(0).children().size())),
                new Event.RowChange(ROW, 10, 0, row)),
            new Event.Part(ROW, 10, child, new Composite(new Object[] {1L}, new Composite[0])));
    assertThat(whole.row().parts()[0]).isNotNull();

    Object[] unreadable = new Object[row.length];
    assertThat(after(whole, asHeld(unreadable)).row()).isEqualTo(whole.row());
    assertThat(after(whole, asHeld(row)).row().parts()[0]).isNull();
    assertThat(after(whole, asHeld(row)).row().row()).isEqualTo(row);
  }

  private static Event.Repair asHeld(Object[] image) {
    return new Event.Repair(ROW, 60, 0, false, image, null);
  }

  private static Handled poisoned(Poison poison) {
    Handled empty = Handled.nothing(NodeRow.empty(PLAN.node(0).children().size()));
    return after(empty, new Event.RowChange(ROW, 0, 0, row(), poison));
  }

  private static Event.Retry retry(int attempt, boolean read) {
    Event.Attempt of = new Event.Attempt(0, 0, attempt);
    return new Event.Retry(ROW, 50, 0, of, read, read ? row() : null, null);
  }

  private static Object[] row() {
    Object[] row = new Object[PLAN.node(0).plan().table().columns().size()];
    row[0] = 1L;
    row[1] = 7L;
    return row;
  }

  private static Handled after(Handled before, Event event) {
    return NodeRow.after(PLAN, PLAN.node(0), before, event);
  }
}
