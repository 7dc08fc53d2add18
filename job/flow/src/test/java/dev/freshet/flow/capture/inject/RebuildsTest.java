package dev.freshet.flow.capture.inject;

import static dev.freshet.flow.capture.SamplePlan.required;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.SamplePlan;
import dev.freshet.flow.log.Event;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.ValueType;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RebuildsTest {
  private static final int GROUPS = 128;

  private final JobPlan plan =
      SamplePlan.of("d", "notes", required("id", ValueType.INTEGER, "bigint"));
  private final String view = plan.views().get(0).view();
  private final Rebuilds rebuilds = new Rebuilds(plan, GROUPS);

  @Test
  void oneIsBegunForWhatTheStoreWantsAndItEndsWhenTheStoreHasIt() {
    assertThat(rebuilds.isDue()).isFalse();
    rebuilds.update(List.of("of_another_job"), 0, false);
    assertThat(rebuilds.isDue()).isFalse();
    rebuilds.update(List.of(view), 0, false);
    assertThat(rebuilds.isDue()).isTrue();

    assertThat(rebuilds.begin(7).views()).containsExactly(0);
    assertThat(rebuilds.isDue()).isFalse();
    rebuilds.update(List.of(view), 7, false);
    assertThat(rebuilds.running()).isEqualTo(7);
    rebuilds.update(List.of(), 7, true);
    assertThat(rebuilds.isRunning()).isFalse();
    assertThat(rebuilds.isDue()).isFalse();
  }

  @Test
  void anAnswerThatWasAskedForBeforeItBeganEndsNothing() {
    rebuilds.update(List.of(view), 0, false);
    rebuilds.begin(7);
    rebuilds.update(List.of(view), 0, true);
    assertThat(rebuilds.isRunning()).isTrue();
  }

  @Test
  void theRootNodeHearsOfItInEveryKeyGroup() {
    rebuilds.update(List.of(view), 0, false);
    rebuilds.begin(7);
    List<Event> events = rebuilds.events();
    assertThat(events.stream().map(event -> KeyGroups.of(event.key(), GROUPS)))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, GROUPS).boxed().toList());
    assertThat(events)
        .allMatch(event -> event.version() == 7)
        .allMatch(event -> plan.nodeOf(event.key()).isRoot());
  }
}
