package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.event.GroupedEvent;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Values;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.event.EventView;
import dev.freshet.view.event.KeyedEvents;
import dev.freshet.view.event.ReadModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The logic of the node of read models over events: adds events to the events of a group, and
 * computes the group's entry from them. Neither the order of the events nor their repetition
 * matters.
 *
 * <p>An event that cannot be added is dead and changes nothing. An entry that cannot be computed,
 * or that the store cannot hold, holds poison until further events change that.
 *
 * <p>Not thread-safe.
 */
public final class GroupNode {
  private static final long MICROS = 1000;

  private final JobPlan plan;
  private final List<ReadModel> models = new ArrayList<>();
  private final List<EntryRule> rules = new ArrayList<>();

  /**
   * Creates the node.
   *
   * @param plan a plan over events
   */
  public GroupNode(JobPlan plan, Probe probe) {
    this.plan = plan;
    for (EventView view : plan.events()) {
      models.add(view.model());
      rules.add(new EntryRule(view.plan(), probe));
    }
  }

  /** What became of an event. */
  public sealed interface Outcome {
    /**
     * The group changed.
     *
     * @param conflicts how many conflicts the event added; see {@link KeyedEvents#conflicts}
     */
    record Applied(int conflicts) implements Outcome {}

    /** The group did not change: the event was there, or says nothing new. */
    record Unchanged() implements Outcome {}

    /** The event was not added, because it is older than the horizon; it is dead. */
    record BeforeHorizon() implements Outcome {}

    /** The event was not added, because the read model cannot compute with it; it is dead. */
    record Failed(Poison poison) implements Outcome {}
  }

  /**
   * Returns the events of a group.
   *
   * @param bytes what {@link KeyedEvents#toBytes} wrote; null if the group has no events
   * @throws IOException also if the bytes are of another read model
   */
  public KeyedEvents read(Key group, byte[] bytes) throws IOException {
    ReadModel model = models.get(plan.nodeOf(group).view());
    return bytes == null ? model.empty() : model.read(bytes);
  }

  /** Adds an event to the events of its group. */
  public Outcome add(KeyedEvents events, GroupedEvent event) {
    int before = events.conflicts();
    try {
      return switch (events.add(event.event(), event.horizon())) {
        case APPLIED -> new Outcome.Applied(events.conflicts() - before);
        case UNCHANGED -> new Outcome.Unchanged();
        case BEFORE_HORIZON -> new Outcome.BeforeHorizon();
      };
    } catch (RuntimeException e) {
      return new Outcome.Failed(Poison.of(e));
    }
  }

  /**
   * Returns the entry of a group in the form that a writer takes: as present, with poison, or as
   * deleted if the group is hidden.
   *
   * @param version the watermark of the step that touched the group
   */
  public EntryChange entry(Key group, KeyedEvents events, long version) {
    JobPlan.Node node = plan.nodeOf(group);
    EventView view = plan.events().get(node.view());
    EntryRule rule = rules.get(node.view());
    Object[] values = group.values();
    Object[] columns = Arrays.copyOfRange(values, 1, values.length);
    NodeRow key = row(view, columns, new Object[view.functions().size()]);
    try {
      KeyedEvents.Answer answer = events.answer();
      if (answer instanceof KeyedEvents.Answer.Visible visible) {
        EntryRule.Shown shown = rule.shown(row(view, columns, visible.results()), 1);
        if (shown.isEntry()) {
          return change(node, shown.values(), version, true, null);
        }
      } else if (answer instanceof KeyedEvents.Answer.Unrepresentable) {
        return change(node, rule.primaryKey(key), version, true, Reason.UNSTORABLE);
      }
      return change(node, rule.primaryKey(key), version, false, null);
    } catch (EntryRule.Unstorable e) {
      return change(node, rule.primaryKey(key), version, true, e.poison().reason());
    } catch (RuntimeException e) {
      return change(node, rule.primaryKey(key), version, true, Poison.of(e).reason());
    }
  }

  /**
   * Returns the time from which on the horizon is after all events of a group, in milliseconds
   * since the epoch. From then on the group can be forgotten if it is hidden.
   */
  public long horizonPasses(Key group, KeyedEvents events) {
    long keepDeleted = plan.events().get(plan.nodeOf(group).view()).keepDeleted().toMillis();
    return Math.floorDiv(events.newest(), MICROS) + keepDeleted + 1;
  }

  private static NodeRow row(EventView view, Object[] columns, Object[] results) {
    NodeRow none = NodeRow.empty(0);
    return new NodeRow(view.row(columns, results), none.children(), none.parts(), null);
  }

  private EntryChange change(
      JobPlan.Node node, Object[] values, long version, boolean present, Reason poison) {
    ViewPlan view = plan.viewOf(node);
    return new EntryChange(
        node.view(),
        view.viewKey(values),
        view.keyOf(null, values, view.entryKey()),
        version,
        present,
        values,
        poison);
  }

  /** Whether two entries of one group are the same, whatever their versions. */
  public static boolean same(EntryChange one, EntryChange other) {
    return one.present() == other.present()
        && one.poison() == other.poison()
        && Values.sameRow(one.values(), other.values());
  }
}
