package dev.freshet.view.declare;

import dev.freshet.view.declare.Declaration.Name;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.flink.sql.parser.ddl.SqlCreateMaterializedTable;
import org.apache.flink.sql.parser.ddl.constraint.SqlTableConstraint;

/**
 * What a declaration says in front of its query, WITH aside. A part that is refused is empty, or
 * zero.
 */
record ViewHeader(String view, List<Name> primaryKey, List<Name> key, Duration freshness) {
  private static final Pattern VIEW_NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]{0,47}");

  ViewHeader {
    primaryKey = List.copyOf(primaryKey);
    key = List.copyOf(key);
  }

  /** The declared name, also if it is refused. */
  static String nameOf(SqlCreateMaterializedTable table) {
    return String.join(".", table.getTableName().names);
  }

  /** Reads it; the refusals collect what is wrong. */
  static ViewHeader read(SqlCreateMaterializedTable table, Refusals refusals) {
    return new Reading(table, refusals).read();
  }

  private record Reading(SqlCreateMaterializedTable table, Refusals refusals) {
    ViewHeader read() {
      refusals.check(this::checkName);
      if (table.getRefreshMode().isPresent()) {
        refusals.add(
            refusals.at(
                table.getRefreshMode().get(), "REFRESH_MODE is not supported", "leave it out"));
      }
      return new ViewHeader(
          nameOf(table),
          refusals.attempt(this::primaryKey).orElse(List.of()),
          refusals.attempt(this::key).orElse(List.of()),
          refusals.attempt(this::freshness).orElse(Duration.ZERO));
    }

    private void checkName() {
      if (!VIEW_NAME.matcher(nameOf(table)).matches()) {
        throw refusals.at(
            table.getTableName(),
            "the name does not fit",
            "take up to 48 letters, digits and underscores, no database in front");
      }
    }

    private List<Name> primaryKey() {
      if (table.getTableConstraint().isEmpty()) {
        throw refusals.at(
            table,
            "the primary key is missing",
            "write (PRIMARY KEY (...) NOT ENFORCED) after the name, beginning with the key");
      }
      SqlTableConstraint constraint = table.getTableConstraint().get();
      if (!constraint.isPrimaryKey()) {
        throw refusals.at(constraint, "UNIQUE is not supported", "write PRIMARY KEY");
      }
      if (constraint.isEnforced()) {
        throw refusals.at(
            constraint, "an ENFORCED primary key is not supported", "write NOT ENFORCED after it");
      }
      return names(constraint.getColumns());
    }

    private List<Name> key() {
      List<Name> key = names(table.getPartitionKeyList());
      if (key.isEmpty()) {
        throw refusals.at(
            table, "the key is missing", "write PARTITIONED BY (...) with the columns of the key");
      }
      return key;
    }

    private List<Name> names(SqlNodeList columns) {
      List<Name> names = new ArrayList<>();
      if (columns != null) {
        for (SqlNode column : columns) {
          SqlIdentifier identifier = (SqlIdentifier) column;
          String name = String.join(".", identifier.names);
          if (names.stream().anyMatch(n -> n.text().equalsIgnoreCase(name))) {
            throw refusals.at(column, "the column '" + name + "' is listed twice", "name it once");
          }
          names.add(new Name(name, column.getParserPosition().getLineNum()));
        }
      }
      return names;
    }

    private Duration freshness() {
      SqlIntervalLiteral literal = table.getFreshness();
      SqlIntervalLiteral.IntervalValue interval =
          literal.getValueAs(SqlIntervalLiteral.IntervalValue.class);
      TimeUnit unit = interval.getIntervalQualifier().getUnit();
      boolean known =
          interval.getIntervalQualifier().isSingleDatetimeField()
              && Set.of(TimeUnit.SECOND, TimeUnit.MINUTE, TimeUnit.HOUR, TimeUnit.DAY)
                  .contains(unit);
      String digits = interval.getIntervalLiteral().trim();
      if (!known
          || interval.getSign() < 0
          || !digits.matches("\\d{1,9}")
          || new BigDecimal(digits).signum() == 0) {
        throw refusals.at(
            literal,
            "FRESHNESS is not a positive whole number of one unit",
            "write one like INTERVAL '5' SECOND, in SECOND, MINUTE, HOUR or DAY");
      }
      BigDecimal millis = unit.multiplier.multiply(new BigDecimal(digits));
      return Duration.ofMillis(millis.longValueExact());
    }
  }
}
