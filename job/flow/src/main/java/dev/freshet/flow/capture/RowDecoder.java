package dev.freshet.flow.capture;

import dev.freshet.view.Column;
import dev.freshet.view.Table;
import java.util.ArrayList;
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
  private final ColumnDecoder[] decoders;
  private Schema schema;

  RowDecoder(Table table) {
    this.table = table;
    this.decoders = new ColumnDecoder[table.columns().size()];
  }

  /**
   * The row's values in the order of the table's columns.
   *
   * @param key names the row in messages
   * @throws Undecodable when one cannot be read
   */
  Object[] decode(Struct row, Object key) {
    if (row.schema() != schema) {
      resolve(row.schema());
    }
    Object[] values = new Object[decoders.length];
    for (int i = 0; i < values.length; i++) {
      Column column = table.columns().get(i);
      // A NULL stays one even where the column has a default.
      Object value = row.getWithoutDefault(column.name());
      if (value != null) {
        try {
          values[i] = decoders[i].decode(value);
        } catch (RuntimeException e) {
          throw unreadable(column, key, value.getClass().getSimpleName(), e);
        }
      } else if (!column.nullable()) {
        throw unreadable(column, key, "NULL where none may be", null);
      }
    }
    return values;
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
    if (!problems.isEmpty()) {
      throw new Undecodable(
          "Source table "
              + table.qualifiedName()
              + ": "
              + String.join(", ", problems)
              + "; submit the job anew with views that fit the table");
    }
    schema = current;
  }

  private Undecodable unreadable(Column column, Object key, String what, Throwable cause) {
    return new Undecodable(
        "Source table "
            + table.qualifiedName()
            + ": column '"
            + column.name()
            + "' ("
            + column.mysqlType()
            + ") of the row "
            + key
            + " cannot be read: "
            + what
            + "; correct the row",
        cause);
  }
}
