package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the nodes would hold after all events: rows and subscriptions. */
final class Rebuilt {
  private final Map<Key, List<Object>> rows = new HashMap<>();
  private final Map<Key, Set<Key>> subscribers = new HashMap<>();

  /** Applies the events in the log's order, snapshot rows first. */
  static Rebuilt of(List<Event> events) {
    Rebuilt rebuilt = new Rebuilt();
    events.stream()
        .sorted(Comparator.comparingLong(Event::version).thenComparingLong(Event::order))
        .forEach(rebuilt::apply);
    return rebuilt;
  }

  private void apply(Event event) {
    if (event instanceof Event.RowChange change) {
      if (change.row() == null) {
        rows.remove(change.key());
      } else {
        rows.put(change.key(), Arrays.asList(change.row()));
      }
    } else if (event instanceof Event.Subscription subscription) {
      Set<Key> of = subscribers.computeIfAbsent(subscription.key(), key -> new HashSet<>());
      if (subscription.on()) {
        of.add(subscription.subscriber());
      } else {
        of.remove(subscription.subscriber());
      }
    }
  }

  /** The rows of a node, without order. */
  Set<List<Object>> rowsOf(JobPlan.Node node) {
    Set<List<Object>> found = new HashSet<>();
    rows.forEach(
        (key, row) -> {
          if (key.values()[0].equals((long) node.id())) {
            found.add(row);
          }
        });
    return found;
  }

  /** The subscriptions that the rows call for, as {@code subscriber→key}. */
  Set<List<Key>> subscriptionsCalledFor(JobPlan plan) {
    Set<List<Key>> pairs = new HashSet<>();
    rows.forEach(
        (key, row) -> {
          JobPlan.Node node = plan.node(((Long) key.values()[0]).intValue());
          for (int child : node.children()) {
            Key at = plan.childKey(plan.node(child), row.toArray());
            if (at != null) {
              pairs.add(List.of(key, at));
            }
          }
        });
    return pairs;
  }

  /** The subscriptions that stand, as {@code subscriber→key}. */
  Set<List<Key>> subscriptions() {
    Set<List<Key>> pairs = new HashSet<>();
    subscribers.forEach((at, all) -> all.forEach(each -> pairs.add(List.of(each, at))));
    return pairs;
  }

  /** How many of the items there are at each version. */
  static Map<Long, List<Event>> byVersion(List<Event> events) {
    Map<Long, List<Event>> found = new HashMap<>();
    for (Event event : events) {
      found.computeIfAbsent(event.version(), version -> new ArrayList<>()).add(event);
    }
    return found;
  }
}
