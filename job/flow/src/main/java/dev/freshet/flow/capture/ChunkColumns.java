package dev.freshet.flow.capture;

import dev.freshet.view.Column;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.catalog.ObjectPath;

/**
 * By which column of its primary key a table is read in chunks. Flink CDC takes the first; it
 * compares whole numbers and DECIMALs of snapshot and binlog as numbers, all else by its text, and
 * fails over a YEAR.
 */
final class ChunkColumns {
  private ChunkColumns() {}

  static Map<ObjectPath, String> of(Tables tables) {
    Map<ObjectPath, String> columns = new HashMap<>();
    for (Tables.Source source : tables.sources()) {
      Table table = source.any();
      columns.put(new ObjectPath(table.database(), table.name()), of(table).name());
    }
    return columns;
  }

  private static Column of(Table table) {
    List<Column> key = table.primaryKey().stream().map(table.columns()::get).toList();
    return key.stream()
        .filter(ChunkColumns::isNumber)
        .findFirst()
        .or(() -> key.stream().filter(column -> !isYear(column)).findFirst())
        .orElse(key.get(0));
  }

  private static boolean isNumber(Column column) {
    return (column.type() == ValueType.INTEGER && !isYear(column))
        || column.type() == ValueType.DECIMAL;
  }

  private static boolean isYear(Column column) {
    return column.mysqlType().startsWith("year");
  }
}
