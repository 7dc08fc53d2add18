package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds tables as the catalogue has them: {@code table("users").notNull("id", "bigint")}. */
public final class TableBuilder {
  private final String name;
  private final List<Column> columns = new ArrayList<>();

  private TableBuilder(String name) {
    this.name = name;
  }

  public static TableBuilder table(String name) {
    return new TableBuilder(name);
  }

  public TableBuilder notNull(String column, String type) {
    return text(column, type, "", false);
  }

  public TableBuilder nullable(String column, String type) {
    return text(column, type, "", true);
  }

  public TableBuilder text(String column, String type, String collation, boolean nullable) {
    columns.add(new Column(column, MysqlTypes.valueType(type), nullable, type, collation));
    return this;
  }

  public Table keyed(String... primaryKey) {
    Table whole = new Table("inbox", name, columns, List.of());
    return new Table(
        "inbox", name, columns, Arrays.stream(primaryKey).map(whole::indexOf).toList());
  }
}
