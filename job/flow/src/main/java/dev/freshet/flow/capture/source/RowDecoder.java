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
 * Checks the values of a row for a node. A row with an unusable value, such as a text with a NUL
 * character or a value that is too large, is poison: MySQL answers its keys. The values of its key
 * columns are kept even then if they can be read, because they show which other rows and keys the
 * row affects. Not thread-safe.
 */
public final class RowDecoder {
  private final Table table;
  private final BitSet key;
  private final BitSet routing;
  private final int mostBytes;
  private final Probe probe;

  /** For each column of the node, its index in the rows that are read from the table. */
  private final int[] cells;

  /**
   * A row with the columns of a node.
   *
   * @param values in the order of the node's columns; if the row is poison, unusable values are
   *     null, except readable values of key columns
   * @param poison why the row cannot be used; null if it can be used
   */
  record Decoded(Object[] values, Poison poison) {}

  /**
   * Creates a decoder.
   *
   * @param read the columns that are read from the table; they include the node's columns
   */
  public RowDecoder(JobPlan plan, JobPlan.Node node, List<Column> read, Handling handling) {
    this.table = node.plan().table();
    this.key = new BitSet();
    node.plan().key().forEach(key::set);
    node.plan().fixed().forEach(fixed -> key.set(fixed.column()));
    this.routing = routing(plan, node);
    this.mostBytes = handling.mostValueBytes();
    this.probe = handling.probe();
    List<String> names = read.stream().map(column -> TableEffect.lower(column.name())).toList();
    this.cells =
        table.columns().stream()
            .mapToInt(column -> names.indexOf(TableEffect.lower(column.name())))
            .toArray();
  }

  /**
   * Returns the columns that show which rows and keys a row affects: the node's key, foreign keys,
   * and the primary key of the view.
   */
  private BitSet routing(JobPlan plan, JobPlan.Node node) {
    BitSet columns = new BitSet();
    columns.or(key);
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
   * Decodes a row of the snapshot or the binlog.
   *
   * @param row canonical values, nulls, and {@link Unreadable}s
   * @throws Undecodable if the columns that identify the row cannot be read
   */
  Decoded decode(Object[] row) {
    Object[] values = new Object[cells.length];
    Poison poison = null;
    for (int i = 0; i < values.length; i++) {
      Object value = row[cells[i]];
      Poison own;
      if (value == null) {
        own = table.columns().get(i).nullable() ? null : unreadable(i, "NULL in a NOT NULL column");
      } else if (value instanceof Unreadable unreadable) {
        own = unreadable(i, unreadable.why());
      } else {
        values[i] = value;
        own = poison(i, value);
      }
      if (own != null) {
        if (!routing.get(i)) {
          values[i] = null;
        } else if (values[i] == null && key.get(i)) {
          throw undecodable(row, own);
        }
        poison = poison == null || (poison.placed() && !own.placed()) ? own : poison;
      }
    }
    return new Decoded(values, poison == null ? probed(values) : poison);
  }

  private Undecodable undecodable(Object[] row, Poison own) {
    List<String> values =
        key.stream()
            .mapToObj(column -> table.columns().get(column).name() + "=" + row[cells[column]])
            .toList();
    return new Undecodable(
        "Source table "
            + table.qualifiedName()
            + ", row "
            + values
            + ": "
            + own.message()
            + "; it is part of the key, so the row cannot be identified: correct the"
            + " row and submit the job again");
  }

  /**
   * Decodes a row of a query result.
   *
   * @param rows a result set that is positioned at the row and has the columns of the table
   * @return the row; its values are null if a key column cannot be read
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
        placed &= !routing.get(i);
      }
      if (own != null) {
        values[i] = routing.get(i) ? values[i] : null;
        poison = poison == null ? own : poison;
      }
    }
    return new ReadRow(placed ? values : null, poison);
  }

  /**
   * Returns why a value that was read cannot be used; null if it can be used. The value still shows
   * which rows and keys its row affects, even if it is only a stand-in.
   */
  private Poison poison(int index, Object value) {
    if (value instanceof String text) {
      if (StoreLimits.holdsNul(text)) {
        return poison(Reason.UNSTORABLE, true, index, "it holds a NUL character");
      }
      // A char has at most three bytes in UTF-8; a surrogate pair has four.
      if (text.length() > mostBytes / 3) {
        return tooLarge(index, text.getBytes(StandardCharsets.UTF_8).length);
      }
    }
    ValueType type = table.columns().get(index).type();
    if (ImpossibleDate.isStandIn(type, value)) {
      String date = ImpossibleDate.text(type, value);
      return poison(Reason.UNREADABLE, true, index, date + " is not a valid date");
    }
    return value instanceof byte[] bytes ? tooLarge(index, bytes.length) : null;
  }

  private Poison tooLarge(int index, int bytes) {
    return bytes <= mostBytes
        ? null
        : poison(
            Reason.TOO_LARGE,
            true,
            index,
            "it has " + bytes + " bytes, at most " + mostBytes + " are allowed");
  }

  private Poison probed(Object[] values) {
    try {
      probe.at(Probe.Stage.DECODE, values, 1);
      return null;
    } catch (RuntimeException e) {
      return Poison.of(e);
    }
  }

  /** Poison for a value that cannot be read. */
  private Poison unreadable(int column, String what) {
    return poison(Reason.UNREADABLE, !routing.get(column), column, what);
  }

  private Poison poison(Reason reason, boolean placed, int index, String what) {
    Column column = table.columns().get(index);
    return new Poison(
        reason,
        placed,
        table.qualifiedName() + "." + column.name() + " (" + column.mysqlType() + "): " + what);
  }
}
