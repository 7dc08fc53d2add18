package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.binlog.Unreadable;
import dev.freshet.flow.log.Poison;
import dev.freshet.flow.node.Probe;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.Reason;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.StoreLimits;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;

/**
 * Looks at a row's values as a node sees them: which can be used, which still say whom the row
 * touches, and which say nothing.
 */
public final class RowDecoder {
  private final Table table;
  private final BitSet placing;
  private final int mostBytes;
  private final Probe probe;

  /** By column of the node, its place among the values that are read of the table. */
  private final int[] cells;

  /**
   * A row as a node sees it.
   *
   * @param values in the order of the node's columns; of poison null where they cannot be used,
   *     unless they say whom the row touches
   * @param poison null when all values can be used
   */
  record Decoded(Object[] values, Poison poison) {}

  /**
   * A decoder.
   *
   * @param read the columns that are read of the table, the node's among them
   */
  public RowDecoder(JobPlan plan, JobPlan.Node node, List<Column> read, Handling handling) {
    this.table = node.plan().table();
    this.placing = placing(plan, node);
    this.mostBytes = handling.mostValueBytes();
    this.probe = handling.probe();
    List<String> names = read.stream().map(column -> TableEffect.lower(column.name())).toList();
    this.cells =
        table.columns().stream()
            .mapToInt(column -> names.indexOf(TableEffect.lower(column.name())))
            .toArray();
  }

  /** The columns that say whom a row touches: primary key, foreign keys, and the view's key. */
  private static BitSet placing(JobPlan plan, JobPlan.Node node) {
    BitSet columns = new BitSet();
    node.plan().table().primaryKey().forEach(columns::set);
    for (int child : node.children()) {
      plan.node(child).plan().foreignKey().forEach(columns::set);
    }
    ViewPlan view = plan.viewOf(node);
    for (int output : view.primaryKey()) {
      if (view.outputs().get(output).value() instanceof Expr.ColumnRef ref
          && ref.node() == node.local()) {
        columns.set(ref.column());
      }
    }
    return columns;
  }

  /**
   * Looks at a row.
   *
   * @param row canonical values, nulls, and {@link Unreadable}s
   * @throws Undecodable when nobody knows its primary key
   */
  Decoded decode(Object[] row) {
    Object[] values = new Object[cells.length];
    Poison poison = null;
    for (int i = 0; i < values.length; i++) {
      Object value = row[cells[i]];
      Poison own;
      if (value == null) {
        own = table.columns().get(i).nullable() ? null : unreadable(i, "NULL where none may be");
      } else if (value instanceof Unreadable unreadable) {
        own = unreadable(i, unreadable.why());
      } else {
        values[i] = value;
        own = poison(i, value);
      }
      if (own != null) {
        if (!placing.get(i)) {
          values[i] = null;
        } else if (values[i] == null && table.primaryKey().contains(i)) {
          throw undecodable(row, own);
        }
        poison = poison == null || (poison.placed() && !own.placed()) ? own : poison;
      }
    }
    return new Decoded(values, poison == null ? probed(values) : poison);
  }

  private Undecodable undecodable(Object[] row, Poison own) {
    List<String> key =
        table.primaryKey().stream()
            .map(column -> table.columns().get(column).name() + "=" + row[cells[column]])
            .toList();
    return new Undecodable(
        "Source table "
            + table.qualifiedName()
            + ", row "
            + key
            + ": "
            + own.message()
            + "; it is part of the primary key, so nobody can tell the row from others: correct the"
            + " row and submit the job anew");
  }

  /**
   * Reads a row of MySQL's own answer, by the same measure.
   *
   * @param rows stands at the row; its columns are the table's
   * @return without values where one of them says whom the row touches and cannot be read
   */
  public ReadRow decode(ResultSet rows) throws SQLException {
    Object[] values = new Object[cells.length];
    Poison poison = null;
    boolean placed = true;
    for (int i = 0; i < values.length; i++) {
      Poison own;
      try {
        values[i] = JdbcValues.MYSQL.read(rows, i + 1, table.columns().get(i));
        own = poison(i, values[i]);
      } catch (SQLDataException e) {
        own = unreadable(i, e.getMessage());
        placed &= !placing.get(i);
      }
      if (own != null) {
        values[i] = placing.get(i) ? values[i] : null;
        poison = poison == null ? own : poison;
      }
    }
    return new ReadRow(placed ? values : null, poison);
  }

  /**
   * Why a value that was read cannot be used; null when it can. It still says whom its row touches,
   * be it no more than a stand-in.
   */
  private Poison poison(int place, Object value) {
    if (value instanceof String text) {
      if (StoreLimits.holdsNul(text)) {
        return poison(Reason.UNSTORABLE, true, place, "it holds a NUL character");
      }
      // A character has at most three bytes, or four of two.
      if (text.length() > mostBytes / 3) {
        return tooLarge(place, text.getBytes(StandardCharsets.UTF_8).length);
      }
    }
    ValueType type = table.columns().get(place).type();
    if (ImpossibleDate.isStandIn(type, value)) {
      String date = ImpossibleDate.text(type, value);
      return poison(Reason.UNREADABLE, true, place, date + " is in no calendar");
    }
    return value instanceof byte[] bytes ? tooLarge(place, bytes.length) : null;
  }

  private Poison tooLarge(int place, int bytes) {
    return bytes <= mostBytes
        ? null
        : poison(
            Reason.TOO_LARGE,
            true,
            place,
            "it has " + bytes + " bytes, " + mostBytes + " are taken");
  }

  private Poison probed(Object[] values) {
    try {
      probe.at(Probe.Stage.DECODE, values, 1);
      return null;
    } catch (RuntimeException e) {
      return Poison.of(e);
    }
  }

  /** Of a value that nobody knows. */
  private Poison unreadable(int place, String what) {
    return poison(Reason.UNREADABLE, !placing.get(place), place, what);
  }

  private Poison poison(Reason reason, boolean placed, int place, String what) {
    Column column = table.columns().get(place);
    return new Poison(
        reason,
        placed,
        table.qualifiedName() + "." + column.name() + " (" + column.mysqlType() + "): " + what);
  }
}
