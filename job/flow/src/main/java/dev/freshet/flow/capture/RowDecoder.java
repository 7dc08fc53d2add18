package dev.freshet.flow.capture;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
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
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Field;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;

/**
 * Reads a row's columns in use into canonical values (see {@link dev.freshet.view.ValueType}).
 * Columns are found by name in the schema that the row brings along; when the table is altered the
 * new schema is looked at anew.
 */
final class RowDecoder {
  private final Table table;
  private final BitSet placing;
  private final int mostBytes;
  private final Probe probe;
  private final ColumnDecoder[] decoders;
  private Schema schema;

  /** Says that rows of this schema are none that the node knows; null when they are. */
  private Decoded unfit;

  /**
   * A row as a node sees it.
   *
   * @param values in the order of the node's columns; of poison null where they cannot be used,
   *     unless they say whom the row touches; none where the table is another
   * @param poison null when all values can be used
   */
  record Decoded(Object[] values, Poison poison) {}

  RowDecoder(JobPlan plan, JobPlan.Node node, Handling handling) {
    this.table = node.plan().table();
    this.placing = placing(plan, node);
    this.mostBytes = handling.mostValueBytes();
    this.probe = handling.probe();
    this.decoders = new ColumnDecoder[table.columns().size()];
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
   * Reads a row.
   *
   * @param key names the row in messages
   * @return without values where the table is another
   * @throws Undecodable when nobody knows its primary key
   */
  Decoded decode(Struct row, Object key) {
    if (row.schema() != schema) {
      resolve(row.schema());
    }
    if (unfit != null) {
      return unfit;
    }
    Object[] values = new Object[decoders.length];
    Poison poison = null;
    for (int i = 0; i < values.length; i++) {
      Column column = table.columns().get(i);
      // A NULL stays one even where the column has a default.
      Object value = row.getWithoutDefault(column.name());
      Poison own = null;
      if (value == null) {
        own = column.nullable() ? null : unreadable(i, "NULL where none may be");
      } else {
        try {
          values[i] = decoders[i].decode(value);
          own = poison(i, values[i]);
        } catch (RuntimeException e) {
          own = unreadable(i, String.valueOf(e.getMessage()));
        }
      }
      if (own != null) {
        if (!placing.get(i)) {
          values[i] = null;
        } else if (values[i] == null && table.primaryKey().contains(i)) {
          throw new Undecodable(
              "Source table "
                  + table.qualifiedName()
                  + ", row "
                  + key
                  + ": "
                  + own.message()
                  + "; it is part of the primary key, so nobody can tell the row from others:"
                  + " correct the row and submit the job anew");
        }
        poison = poison == null || (poison.placed() && !own.placed()) ? own : poison;
      }
    }
    return new Decoded(values, poison == null ? probed(values) : poison);
  }

  /**
   * Reads a row of MySQL's own answer, by the same measure.
   *
   * @param rows stands at the row; its columns are the table's
   * @return without values where one of them says whom the row touches and cannot be read
   */
  Wishes.Row decode(ResultSet rows) throws SQLException {
    Object[] values = new Object[decoders.length];
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
    return new Wishes.Row(placed ? values : null, poison);
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

  private void resolve(Schema current) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < decoders.length; i++) {
      Column column = table.columns().get(i);
      Field field = current.field(column.name());
      if (field == null) {
        problems.add("column '" + column.name() + "' is gone");
        continue;
      }
      decoders[i] = ColumnDecoder.of(column, field.schema());
      if (decoders[i] == null) {
        problems.add("column '" + column.name() + "' is no longer " + column.mysqlType());
      }
    }
    unfit =
        problems.isEmpty()
            ? null
            : new Decoded(
                new Object[0],
                new Poison(
                    Reason.SCHEMA_CHANGED,
                    false,
                    "Source table "
                        + table.qualifiedName()
                        + ": "
                        + String.join(", ", problems)
                        + "; "
                        + SchemaChanges.anew()));
    schema = current;
  }
}
