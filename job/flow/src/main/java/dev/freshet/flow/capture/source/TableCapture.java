package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Poison;
import java.util.List;

/** Creates the changes of one table's rows, with the columns of each node of the table. */
final class TableCapture {
  private final int table;
  private final RowDecoder[] decoders;

  TableCapture(Tables.Source source, JobPlan plan, Handling handling) {
    this.table = source.index();
    List<JobPlan.Node> nodes = source.nodes();
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
   * @throws Undecodable if a primary key cannot be read
   */
  Captured.Change change(long version, Object[] before, Object[] after) {
    RowDecoder.Decoded[] old = rows(before);
    RowDecoder.Decoded[] next = rows(after);
    return new Captured.Change(
        table, version, values(old), values(next), poison(old), poison(next));
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
