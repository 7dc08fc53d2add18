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
 * The rebuilds from state that the store asks for: one at a time, each of all views that are asked
 * for when it begins. The store remembers what is asked for until it is done, so a checkpoint keeps
 * nothing of it, and a rebuild that was cut short begins again.
 */
public final class Rebuilds {
  /** Milliseconds between two watermarks for the nodes while the source is silent. */
  public static final long PACE_MS = 100;

  private static final long NONE = 0;

  private final JobPlan plan;
  private final int groups;
  private Set<Integer> wanted = Set.of();
  private Rebuild running;

  /**
   * None.
   *
   * @param groups the job's maximal parallelism
   */
  public Rebuilds(JobPlan plan, int groups) {
    this.plan = plan;
    this.groups = groups;
  }

  /** The version of the rebuild under way; 0 when there is none. */
  public long running() {
    return running == null ? NONE : running.version();
  }

  public boolean isRunning() {
    return running != null;
  }

  /** Whether a rebuild can begin. */
  public boolean isDue() {
    return running == null && !wanted.isEmpty();
  }

  /**
   * What the store says.
   *
   * @param views names of those that it asks to be rebuilt; others than the job's are passed over
   * @param asked the rebuild that was under way when it was asked, or 0
   * @param done whether that is done
   */
  public void told(Collection<String> views, long asked, boolean done) {
    Set<Integer> places = new TreeSet<>();
    for (int view = 0; view < plan.views().size(); view++) {
      if (views.contains(plan.views().get(view).view())) {
        places.add(view);
      }
    }
    wanted = places;
    if (done && asked == running()) {
      wanted.removeAll(running.views());
      running = null;
    }
  }

  /** Begins one of all views that are wanted. */
  public Rebuild begin(long version) {
    running = new Rebuild(wanted, version);
    return running;
  }

  /** What the root nodes get: each of its views' one event for every key group. */
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
