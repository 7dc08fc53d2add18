package dev.freshet.flow.sim;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.PlanNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What capture sends, in order, for one history: snapshot rows of chunks that were read at
 * different places while transactions went on, then the changes since. A place in the script is
 * what capture would checkpoint.
 */
final class SourceScript {
  /** Either events, or the end of a transaction ({@code end > 0}). */
  record Step(List<Event> events, long end) {}

  final List<Step> steps = new ArrayList<>();
  final long highestChunk;

  SourceScript(JobPlan plan, History history, Deriving deriving, Random random) {
    int tables = history.view.nodes().size();
    long[][] readAt = new long[tables][2];
    long lowest = Long.MAX_VALUE;
    long highest = history.firstPlace();
    // Otherwise a deletion that two foreign keys carry on may make the view unknown.
    boolean atOnce =
        history.view.nodes().stream()
            .anyMatch(n -> !n.isShown() && !history.view.nodes().get(n.parent()).isShown());
    List<int[]> chunks = new ArrayList<>();
    for (int node = 0; node < tables; node++) {
      for (int chunk = 0; chunk < 2; chunk++) {
        long end = history.firstPlace();
        if (!history.transactions.isEmpty()) {
          int early = atOnce ? 1 : 1 + history.transactions.size() / 2;
          int index = random.nextInt(early);
          end = index == 0 ? end : history.transactions.get(index - 1).end();
        }
        readAt[node][chunk] = end;
        lowest = Math.min(lowest, end);
        highest = Math.max(highest, end);
        chunks.add(new int[] {node, chunk});
      }
    }
    highestChunk = highest;
    // Rows need no changes from before they were read, unless a foreign key acts in between.
    boolean everything = !history.view.nodes().stream().allMatch(PlanNode::isShown);
    Collections.shuffle(chunks, random);
    for (int[] chunk : chunks) {
      Map<Long, Object[]> rows = history.at(readAt[chunk[0]][chunk[1]]).table(chunk[0]);
      for (Object[] row : rows.values()) {
        if (chunkOf(row) == chunk[1]) {
          List<Event> events = new ArrayList<>();
          Poison poison = history.at(readAt[chunk[0]][chunk[1]]).poison(chunk[0]).get(id(row));
          deriving.derive(
              plan.node(chunk[0]),
              new History.Change(chunk[0], null, row, null, poison, false),
              0,
              false,
              events);
          steps.add(new Step(events, 0));
        }
      }
    }
    if (highest == lowest) {
      steps.add(new Step(List.of(), highest));
    }
    for (History.Transaction transaction : history.transactions) {
      if (transaction.end() <= lowest) {
        continue;
      }
      for (History.Change change : transaction.changes()) {
        Object[] row = change.before() == null ? change.after() : change.before();
        if (everything || readAt[change.node()][chunkOf(row)] < transaction.end()) {
          List<Event> events = new ArrayList<>();
          deriving.derive(
              plan.node(change.node()),
              change,
              transaction.begin(),
              transaction.end() <= highest,
              events);
          steps.add(new Step(events, 0));
        }
      }
      steps.add(new Step(List.of(), transaction.end()));
    }
  }

  private static int chunkOf(Object[] row) {
    return (int) (id(row) % 2);
  }

  private static Long id(Object[] row) {
    return (Long) row[RandomPlan.ID];
  }

  /** From a change of a row to the events it makes. */
  interface Deriving {
    void derive(
        JobPlan.Node node,
        History.Change change,
        long version,
        boolean catchingUp,
        List<Event> out);
  }
}
