package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.PlanNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Creates the changes of one table's rows, with the columns of each node of the table. */
final class TableCapture {
  private final int table;
  private final List<JobPlan.Node> nodes;
  private final RowDecoder[] decoders;

  TableCapture(Tables.Source source, JobPlan plan, Handling handling) {
    this.table = source.index();
    this.nodes = source.nodes();
    this.decoders = new RowDecoder[nodes.size()];
    for (int i = 0; i < decoders.length; i++) {
      decoders[i] = new RowDecoder(plan, nodes.get(i), source.columns(), handling);
    }
  }

  /**
   * Creates a change.
   *
   * @param before the old values, in the order of {@link Tables.Source#columns}; null for an insert
   * @param after the new values, in the same order; null for a delete
   * @param actsOnOthers see {@link Captured.Change}
   * @throws Undecodable if the columns that identify a row cannot be read
   */
  Captured.Change change(long version, Object[] before, Object[] after, boolean actsOnOthers) {
    RowDecoder.Decoded[] old = rows(before);
    RowDecoder.Decoded[] next = rows(after);
    return new Captured.Change(
        table, version, values(old), values(next), actsOnOthers, poison(old), poison(next));
  }

  /**
   * Returns the nodes whose key columns a change alters, so that a foreign key alters rows that
   * reference the row.
   */
  List<JobPlan.Node> moved(Captured.Change change) {
    List<JobPlan.Node> moved = new ArrayList<>();
    for (int i = 0; change.isUpdate() && change.actsOnOthers() && i < nodes.size(); i++) {
      PlanNode plan = nodes.get(i).plan();
      Object[] before = change.before()[i];
      Object[] after = change.after()[i];
      if (plan.action() != null
          && plan.action().onUpdate()
          && !plan.key().stream().allMatch(c -> Objects.deepEquals(before[c], after[c]))) {
        moved.add(nodes.get(i));
      }
    }
    return moved;
  }

  private RowDecoder.Decoded[] rows(Object[] cells) {
    if (cells == null) {
      return null;
    }
    RowDecoder.Decoded[] rows = new RowDecoder.Decoded[decoders.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = decoders[i].decode(cells);
    }
    return rows;
  }

  private static Object[][] values(RowDecoder.Decoded[] rows) {
    if (rows == null) {
      return null;
    }
    Object[][] values = new Object[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      values[i] = rows[i].values();
    }
    return values;
  }

  /** Returns the poison for each node; null if there is none. */
  private static Poison[] poison(RowDecoder.Decoded[] rows) {
    Poison[] poison = null;
    for (int i = 0; rows != null && i < rows.length; i++) {
      if (rows[i].poison() != null) {
        poison = poison == null ? new Poison[rows.length] : poison;
        poison[i] = rows[i].poison();
      }
    }
    return poison;
  }
}
