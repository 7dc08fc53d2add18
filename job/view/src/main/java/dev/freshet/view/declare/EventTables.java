package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import dev.freshet.view.event.EventTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlNode;
import org.apache.flink.sql.parser.ddl.SqlCreateTable;
import org.apache.flink.sql.parser.ddl.SqlTableColumn;
import org.apache.flink.sql.parser.ddl.SqlTableColumn.SqlRegularColumn;
import org.apache.flink.sql.parser.ddl.SqlTableOption;

/**
 * Reads the {@code CREATE TABLE} of a topic. Use an instance for one statement.
 *
 * <p>What is refused is collected, and the columns that can be read are known nevertheless, so that
 * the read model over them can be checked as well.
 */
final class EventTables {
  static final String FORM =
      "the form is CREATE TABLE name (column TYPE, ...) WITH ('connector' = 'kafka', 'topic' = '...',"
          + " 'format' = 'json', 'event-id' = '...', 'event-time' = '...')";

  private static final String CONNECTOR = "connector";
  private static final String TOPIC = "topic";
  private static final String FORMAT = "format";
  private static final String EVENT_ID = "event-id";
  private static final String EVENT_TIME = "event-time";
  private static final List<String> OPTIONS =
      List.of(CONNECTOR, TOPIC, FORMAT, EVENT_ID, EVENT_TIME);

  /** Kafka's rule for names of topics. */
  private static final Pattern TOPIC_NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

  private final SqlCreateTable statement;
  private final Refusals refusals;
  private final List<Column> columns = new ArrayList<>();
  private boolean complete = true;

  EventTables(SqlCreateTable statement, Refusals refusals) {
    this.statement = statement;
    this.refusals = refusals;
  }

  /** The table's name. */
  String name() {
    return String.join(".", statement.getTableName().names);
  }

  /** The columns that could be read; those of id and time are not NULL. Read the table first. */
  List<Column> columns() {
    return List.copyOf(columns);
  }

  /** Reads the table; empty if a part is refused. */
  Optional<EventTable> read() {
    refuseClauses();
    for (SqlNode column : statement.getColumnList()) {
      if (!refusals.check(() -> columns.add(column(column)))) {
        complete = false;
        refusals.excuse(((SqlTableColumn) column).getName().getSimple());
      }
    }
    Options options = Options.of(statement.getPropertyList(), OPTIONS, refusals);
    Optional<String> connector = known(options, CONNECTOR, "kafka");
    Optional<String> format = known(options, FORMAT, "json");
    Optional<String> topic = refusals.attempt(() -> topic(options));
    Optional<Integer> id =
        refusals.attempt(() -> column(options, EVENT_ID, ValueType.STRING, "STRING"));
    Optional<Integer> time =
        refusals.attempt(() -> column(options, EVENT_TIME, ValueType.TIMESTAMP, "TIMESTAMP_LTZ"));
    id.ifPresent(this::setNotNull);
    time.ifPresent(this::setNotNull);
    boolean known =
        complete
            && connector.isPresent()
            && format.isPresent()
            && topic.isPresent()
            && id.isPresent()
            && time.isPresent();
    return known
        ? Optional.of(
            new EventTable(
                name(), topic.get(), EventTable.Format.JSON, columns, id.get(), time.get()))
        : Optional.empty();
  }

  private void setNotNull(int column) {
    columns.set(column, EventTypes.nullable(columns.get(column), false));
  }

  private void refuseClauses() {
    refuse(statement, SqlCreateTable::isTemporary, "TEMPORARY", "leave it out");
    refuse(statement, SqlCreateTable::isIfNotExists, "IF NOT EXISTS", "leave it out");
    refuse(
        statement,
        table -> !table.getClass().equals(SqlCreateTable.class),
        "LIKE or AS behind a topic's table",
        "write the columns and options");
    refuse(
        statement,
        table -> !table.getPartitionKeyList().isEmpty(),
        "PARTITIONED BY of a topic's table",
        "leave it out; write it for the materialized table");
    refuse(
        statement,
        table -> table.getDistribution() != null,
        "DISTRIBUTED",
        "leave it out; the topic has its partitions");
    statement
        .getWatermark()
        .ifPresent(
            watermark ->
                refusals.add(
                    refusals.at(
                        watermark,
                        "WATERMARK is not supported",
                        "leave it out; events may come in any order, at any time")));
    statement
        .getFullConstraints()
        .forEach(
            constraint ->
                refusals.add(
                    refusals.at(
                        constraint,
                        "a key of a topic's table is not supported",
                        "leave it out; 'event-id' tells events apart")));
    if (statement.getTableName().names.size() > 1) {
      refusals.add(
          refusals.at(
              statement.getTableName(),
              "the name '" + name() + "' has several parts",
              "write one name"));
    }
  }

  private void refuse(
      SqlCreateTable table, Predicate<SqlCreateTable> is, String construct, String remedy) {
    if (is.test(table)) {
      refusals.add(refusals.at(table, construct + " is not supported", remedy));
    }
  }

  private Column column(SqlNode node) {
    SqlTableColumn declared = (SqlTableColumn) node;
    String name = declared.getName().getSimple();
    if (!(node instanceof SqlRegularColumn regular)) {
      throw refusals.at(
          node,
          "the column '" + name + "' is no field of the event",
          "leave it out; a function can compute from fields");
    }
    if (columns.stream().anyMatch(column -> column.name().equalsIgnoreCase(name))) {
      throw refusals.at(node, "two columns are named '" + name + "'", "leave one out");
    }
    return EventTypes.column(name, regular.getType(), refusals);
  }

  private SqlTableOption required(Options options, String name, String remedy) {
    return options
        .option(name)
        .orElseThrow(
            () ->
                refusals.at(
                    statement,
                    "the option '" + name + "' of the table '" + name() + "' is missing",
                    remedy));
  }

  /** An option that has one value as yet. */
  private Optional<String> known(Options options, String name, String value) {
    String remedy = "write '" + name + "' = '" + value + "'";
    return refusals.attempt(
        () -> {
          SqlTableOption option = required(options, name, remedy);
          if (!option.getValueString().equals(value)) {
            throw refusals.at(
                option,
                "'%s' = '%s' is not supported".formatted(name, option.getValueString()),
                remedy);
          }
          return value;
        });
  }

  private String topic(Options options) {
    SqlTableOption option = required(options, TOPIC, "write 'topic' = '...', the name in Kafka");
    if (!TOPIC_NAME.matcher(option.getValueString()).matches()) {
      throw refusals.at(
          option,
          "'topic' = '" + option.getValueString() + "' is not the name of a topic",
          "write one of up to 249 letters, digits, points, underscores and minus signs");
    }
    return option.getValueString();
  }

  /** The index of the column that an option names. */
  private int column(Options options, String name, ValueType type, String typeName) {
    SqlTableOption option =
        required(
            options, name, "write '" + name + "' = '...', the name of a " + typeName + " column");
    String column = option.getValueString();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(column)) {
        if (columns.get(i).type() != type) {
          throw refusals.at(
              option,
              "the column '%s' of '%s' is no %s".formatted(column, name, typeName),
              "declare it as " + typeName);
        }
        return i;
      }
    }
    throw refusals.unlessExcused(
        column,
        refusals.at(
            option,
            "the table '%s' has no column '%s' for '%s'".formatted(name(), column, name),
            Suggestion.of(
                column, columns.stream().map(Column::name).toList(), "declare the column")));
  }
}
