package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rebuilds from state that the store requests. One rebuild runs at a time; it covers all views
 * that are requested when it starts. The store keeps a request until its rebuild is complete, so a
 * checkpoint keeps nothing, and an interrupted rebuild starts again. Not thread-safe.
 */
public final class Rebuilds {
  /**
   * Milliseconds between two injected watermarks while a rebuild runs and the source sends no
   * changes.
   */
  public static final long PACE_MS = 100;

  private static final long NONE = 0;

  private final JobPlan plan;
  private final int groups;
  private Set<Integer> wanted = Set.of();
  private Rebuild running;

  /**
   * Creates an object without requests.
   *
   * @param groups the job's maximum parallelism
   */
  public Rebuilds(JobPlan plan, int groups) {
    this.plan = plan;
    this.groups = groups;
  }

  /** Returns the version of the running rebuild; 0 if none runs. */
  public long running() {
    return running == null ? NONE : running.version();
  }

  public boolean isRunning() {
    return running != null;
  }

  /** Whether a rebuild is requested and none runs. */
  public boolean isDue() {
    return running == null && !wanted.isEmpty();
  }

  /**
   * Takes the store's current requests.
   *
   * @param views the names of the requested views; views of other jobs are ignored
   * @param asked the version of the rebuild that ran when the store was read, or 0
   * @param done whether that rebuild is complete
   */
  public void update(Collection<String> views, long asked, boolean done) {
    Set<Integer> indexes = new TreeSet<>();
    for (int view = 0; view < plan.views().size(); view++) {
      if (views.contains(plan.views().get(view).view())) {
        indexes.add(view);
      }
    }
    wanted = indexes;
    if (done && asked == running()) {
      wanted.removeAll(running.views());
      running = null;
    }
  }

  /** Starts a rebuild of all requested views. */
  public Rebuild begin(long version) {
    running = new Rebuild(wanted, version);
    return running;
  }

  /**
   * Returns the events for the root nodes: one for each key group and each view of the running
   * rebuild.
   */
  public List<Event> events() {
    List<Event> events = new ArrayList<>();
    for (JobPlan.Node node : plan.nodes()) {
      if (node.isRoot() && running.views().contains(node.view())) {
        BitSet left = new BitSet();
        left.set(0, groups);
        for (long i = 0; !left.isEmpty(); i++) {
          Key key = Key.of((long) node.id(), "rebuild", i);
          int group = KeyGroups.of(key, groups);
          if (left.get(group)) {
            left.clear(group);
            events.add(new Event.Rebuild(key, running.version(), events.size()));
          }
        }
      }
    }
    return events;
  }
}
