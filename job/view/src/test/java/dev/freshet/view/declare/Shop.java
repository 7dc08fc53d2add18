package dev.freshet.view.declare;

import static dev.freshet.view.declare.TableBuilder.table;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Column;
import dev.freshet.view.ForeignKey;
import dev.freshet.view.ForeignKey.OnDelete;
import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.List;

/** The tables of a shop, which the wrong declarations of {@link WrongDeclarationsTest} name. */
final class Shop {
  private static final String CI = "utf8mb4_0900_ai_ci";

  private Shop() {}

  /** The tables as the shop has them. */
  static Catalogue tables() {
    return new Catalogue(
        "inbox",
        List.of(customers(), orders(), lines(), products(), texts(), categories(), visits()));
  }

  /** The same tables, with the generated columns that messages advise. */
  static Catalogue withGeneratedColumns() {
    Table orders =
        with(
            orders(),
            table("generated")
                .nullable("hit", "tinyint")
                .nullable("discount_exact", "decimal(30,10)")
                .nullable("placed_on", "date")
                .text("coupon_key", "varchar(20)", ColumnRules.EXACT, true)
                .text("extra_value", "varchar(40)", ColumnRules.EXACT, true)
                .text("note_key", "varchar(40)", ColumnRules.EXACT, true)
                .text("status_text", "varchar(40)", ColumnRules.EXACT, true)
                .notNull("status_place", "smallint unsigned")
                .nullable("channel_has", "tinyint"));
    Table customers =
        with(customers(), table("generated").nullable("score_exact", "decimal(30,10)"));
    return new Catalogue(
        "inbox", List.of(customers, orders, lines(), products(), texts(), categories(), visits()));
  }

  private static Table customers() {
    return unique(
        table("customers")
            .notNull("id", "bigint")
            .text("email", "varchar(190)", CI, false)
            .text("name", "varchar(100)", CI, true)
            .text("country", "varchar(2)", ColumnRules.EXACT, false)
            .notNull("vip", "tinyint")
            .nullable("points", "int")
            .nullable("score", "double")
            .notNull("balance", "decimal(12,2)")
            .nullable("born", "date")
            .notNull("joined", "datetime")
            .nullable("referrer_id", "bigint")
            .keyed("id"),
        "email");
  }

  private static Table orders() {
    return table("orders")
        .notNull("id", "bigint")
        .notNull("customer_id", "bigint")
        .text("status", "enum('new','paid','sent')", CI, false)
        .notNull("placed", "datetime(6)")
        .nullable("sent", "datetime")
        .notNull("changed", "timestamp")
        .notNull("total", "decimal(10,2)")
        .notNull("items", "int")
        .nullable("discount", "float")
        .text("coupon", "varchar(20)", "latin1_general_ci", true)
        .text("note", "text", CI, true)
        .nullable("extra", "json")
        .text("channel", "set('web','shop','phone')", CI, true)
        .notNull("rank", "int")
        .nullable("paid_at", "int unsigned")
        .keyed("id");
  }

  private static Table lines() {
    return table("order_lines")
        .notNull("order_id", "bigint")
        .notNull("line_no", "smallint")
        .notNull("product_id", "bigint")
        .notNull("quantity", "int")
        .notNull("price", "decimal(10,2)")
        .keyed("order_id", "line_no");
  }

  private static Table products() {
    return unique(
        table("products")
            .notNull("id", "bigint")
            .text("sku", "varchar(40)", ColumnRules.EXACT, false)
            .text("title", "varchar(200)", CI, false)
            .nullable("weight", "double")
            .nullable("place", "point")
            .notNull("category_id", "int")
            .notNull("released", "date")
            .keyed("id"),
        "sku");
  }

  private static Table texts() {
    return table("product_texts")
        .notNull("product_id", "bigint")
        .text("language", "varchar(2)", ColumnRules.EXACT, false)
        .text("title", "varchar(200)", CI, false)
        .keyed("product_id", "language");
  }

  /** Categories are deleted with their parents. */
  private static Table categories() {
    Table table =
        table("categories")
            .notNull("id", "int")
            .nullable("parent_id", "int")
            .text("name", "varchar(100)", CI, false)
            .keyed("id");
    ForeignKey parent =
        new ForeignKey(
            "fk_parent", List.of(1), "inbox", "categories", List.of("id"), OnDelete.CASCADE, false);
    return new Table(
        "inbox",
        table.name(),
        table.columns(),
        table.primaryKey(),
        table.uniqueKeys(),
        List.of(parent));
  }

  /** No key identifies a visit. */
  private static Table visits() {
    return table("visits")
        .notNull("customer_id", "bigint")
        .text("page", "varchar(200)", CI, false)
        .notNull("visited", "datetime")
        .keyed();
  }

  private static Table unique(Table table, String column) {
    Table.UniqueKey key = new Table.UniqueKey(column, List.of(table.indexOf(column)));
    return new Table(
        "inbox", table.name(), table.columns(), table.primaryKey(), List.of(key), List.of());
  }

  private static Table with(Table table, TableBuilder generated) {
    List<Column> columns = new ArrayList<>(table.columns());
    columns.addAll(generated.keyed().columns());
    return new Table(
        "inbox",
        table.name(),
        columns,
        table.primaryKey(),
        table.uniqueKeys(),
        table.foreignKeys());
  }
}
