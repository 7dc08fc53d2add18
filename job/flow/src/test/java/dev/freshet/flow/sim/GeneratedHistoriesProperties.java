package dev.freshet.flow.sim;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import dev.freshet.view.TestSize;
import dev.freshet.view.ViewPlan;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackend;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.Test;

/**
 * Random views, histories, poison, retries, interleavings and restores: whatever is flushed equals
 * the model at the flush's version, for every valid key; a key that is not is touched by poison,
 * and at the end only by what is dead.
 */
class GeneratedHistoriesProperties {
  private static int populatedKeysSeen;
  private static int timesBack;
  private static int rebuilds;

  @Test
  void everyFlushEqualsTheModelAtItsVersion() {
    int runs = FULL ? 60_000 : 1_000;
    check(runs, GeneratedHistoriesProperties::overMaps);
    // About one key in two histories: a handful of histories, as below, may have none.
    assertThat(populatedKeysSeen).isGreaterThan(runs / 10);
    assertThat(timesBack).as("times a store went back").isGreaterThan(runs / 20);
    assertThat(rebuilds).as("rebuilds from state").isGreaterThan(runs / 20);
  }

  @Test
  void theRealOperatorsOnTheHeapDoTheSame() {
    check(FULL ? 1_000 : 25, (plan, piece) -> overHarness(plan, piece, new HashMapStateBackend()));
  }

  @Test
  void theRealOperatorsOnRocksDbDoTheSame() {
    check(
        FULL ? 200 : 5,
        (plan, piece) -> overHarness(plan, piece, new EmbeddedRocksDBStateBackend()));
  }

  private static SimNode.Factory overMaps(JobPlan plan, int piece) {
    return (depth, subtask, parallelism, out, restored) ->
        new MapNode(
            plan,
            depth,
            subtask,
            parallelism,
            piece,
            out,
            restored,
            key -> SimStore.group(key) * parallelism / SimStore.GROUPS == subtask);
  }

  private static SimNode.Factory overHarness(JobPlan plan, int piece, StateBackend backend) {
    return (depth, subtask, parallelism, out, restored) ->
        new HarnessNode(plan, backend, depth, subtask, parallelism, piece, out, restored);
  }

  private static void check(int runs, BiFunction<JobPlan, Integer, SimNode.Factory> nodes) {
    long base = TestSize.seed();
    int flushes = 0;
    populatedKeysSeen = 0;
    timesBack = 0;
    rebuilds = 0;
    for (int run = 0; run < runs; run++) {
      long seed = base + run;
      try {
        flushes += run(seed, nodes);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + " (set -Dfreshet.seed): " + e.getMessage(), e);
      }
    }
    System.out.println(
        runs
            + " generated histories, "
            + flushes
            + " flushes compared with "
            + populatedKeysSeen
            + " keys populated on read, the store went back "
            + timesBack
            + " times, "
            + rebuilds
            + " rebuilds, seeds from "
            + base);
    assertThat(flushes).isGreaterThan(runs);
  }

  private static int run(long seed, BiFunction<JobPlan, Integer, SimNode.Factory> nodes) {
    Random random = new Random(seed);
    ViewPlan view = RandomPlan.make("t", random);
    JobPlan plan = new JobPlan(List.of(view));
    double poisonRate = random.nextBoolean() ? 0 : 0.15;
    History history = new History(view, random.nextInt(40), poisonRate, random);
    Supplier<SourceScript> script =
        () -> new SourceScript(plan, history, new RuleSix(plan), random);
    SimStore store = new SimStore(history, key -> view.viewKeyOf(key));
    int piece = random.nextInt(3) == 0 ? 1_000 : 1 + random.nextInt(3);
    SimCluster cluster =
        new SimCluster(plan, history, script.get(), store, nodes.apply(plan, piece), random);
    cluster.run(random.nextInt(4), script);
    for (int group = 0; group < SimStore.GROUPS; group++) {
      assertThat(store.progress(group))
          .as("group %d", group)
          .isGreaterThanOrEqualTo(history.lastPlace());
    }
    store.everythingIsValidBut(cluster.dead());
    populatedKeysSeen += store.populatedKeysSeen;
    timesBack += store.timesBack;
    rebuilds += store.rebuilds;
    return store.flushes;
  }

  /** Subscriptions as the rules say. */
  private static final class RuleSix implements SourceScript.Deriving {
    private final JobPlan plan;
    private long order;

    RuleSix(JobPlan plan) {
      this.plan = plan;
    }

    @Override
    public void derive(
        JobPlan.Node node,
        History.Change change,
        long version,
        boolean catchingUp,
        List<Event> out) {
      boolean again =
          catchingUp
              && node.children().stream().anyMatch(child -> !plan.node(child).plan().isShown());
      Object[] before = History.visible(change.before(), change.poisonBefore());
      Object[] after = History.visible(change.after(), change.poisonAfter());
      Key key = node.key(after == null ? before : after);
      out.add(new Event.RowChange(key, version, order++, after, change.poisonAfter()));
      if (after == null && change.acts() && node.plan().action() != null) {
        out.add(new Event.Cascade(key, version, order++, key));
      }
      for (int childId : node.children()) {
        JobPlan.Node child = plan.node(childId);
        Key was = before == null ? null : plan.childKey(child, before);
        Key is = after == null ? null : plan.childKey(child, after);
        if (was != null && !was.equals(is)) {
          out.add(new Event.Subscription(was, version, order++, key, false));
        }
        if (is != null && (again || !is.equals(was))) {
          out.add(new Event.Subscription(is, version, order++, key, true));
        }
      }
    }
  }
}
