package dev.freshet.flow.generated;

import java.util.List;
import java.util.Random;

/** Makes conditions and values over columns; not all of them can be taken. */
final class RandomExpressions {
  private final Random random;
  private final List<Operand> columns;
  private final List<Operand> comparable;

  /** A column as the query names it. */
  record Operand(String text, Kind kind) {}

  RandomExpressions(Random random, List<Operand> columns) {
    this.random = random;
    this.columns = columns;
    this.comparable = columns.stream().filter(c -> c.kind().isComparable()).toList();
  }

  /** Something for the SELECT list. */
  String shown() {
    return random.nextInt(4) == 0 ? condition(1) : value(pick(columns), 2);
  }

  String condition() {
    return condition(random.nextInt(3));
  }

  private String condition(int depth) {
    if (depth > 0) {
      return switch (random.nextInt(4)) {
        case 0 -> condition(depth - 1) + " AND " + condition(depth - 1);
        case 1 -> "NOT (" + condition(depth - 1) + ")";
        // Mostly wide, so that rows are left.
        default -> "(" + condition(depth - 1) + " OR " + condition(depth - 1) + ")";
      };
    }
    Operand column = pick(comparable);
    return switch (random.nextInt(7)) {
      case 0 -> isNull(value(pick(columns), 0));
      case 1 -> inList(column);
      case 2 -> value(column, 1) + " BETWEEN " + compared(column) + " AND " + compared(column);
      case 3 -> value(column, 1) + " <> " + compared(column);
      default ->
          value(column, 1)
              + pick(List.of(" = ", " <> ", " < ", " <= ", " > ", " >= "))
              + compared(column);
    };
  }

  /** Whether a value is NULL, or another condition on what is a text of JSON. */
  private String isNull(String value) {
    return value.contains("->>") && random.nextBoolean()
        ? value + pick(List.of(" = '1'", " <> 'null'", " IN ('{}', 'true')"))
        : value + pick(List.of(" IS NULL", " IS NOT NULL"));
  }

  private String inList(Operand column) {
    return column.text()
        + pick(List.of(" IN (", " NOT IN ("))
        + constant(column.kind())
        + ", "
        + constant(column.kind())
        + ")";
  }

  /** The column, or something of its type made of it. */
  private String value(Operand column, int depth) {
    Kind kind = column.kind();
    if (kind.type().equals("JSON") && random.nextBoolean()) {
      return column.text() + pick(List.of("->>'$.b'", "->>'$.b[1]'", "->>'$[0]'", "->>'$.a'"));
    }
    if (depth == 0 || kind.family().isEmpty() || random.nextInt(3) == 0) {
      return column.text();
    }
    if (random.nextInt(5) == 0) {
      return function(column, depth - 1);
    }
    String one = value(column, depth - 1);
    String two = kind.chosen() && random.nextBoolean() ? constant(kind) : like(column).text();
    return switch (random.nextInt(kind.isText() ? 6 : 5)) {
      case 0 -> "COALESCE(" + one + ", " + two + ")";
      case 1 -> "IFNULL(" + one + ", " + two + ")";
      case 2 -> "IF(" + condition(0) + ", " + one + ", " + two + ")";
      case 3 -> "CASE WHEN " + condition(0) + " THEN " + two + " ELSE " + one + " END";
      case 4 ->
          kind.isComparable()
              ? "CASE " + one + " WHEN " + other(column) + " THEN " + two + " END"
              : "CASE WHEN " + condition(0) + " THEN " + one + " END";
      default -> "CONCAT(" + one + ", " + two + ")";
    };
  }

  /** A function, of which some are refused for some types. */
  private String function(Operand column, int depth) {
    String value = value(column, depth);
    return switch (random.nextInt(column.kind().isText() ? 5 : 3)) {
      case 0 -> pick(List.of("LEAST(", "GREATEST(")) + value + ", " + other(column) + ")";
      case 1 -> "ABS(" + value + ")";
      case 2 -> pick(List.of("LENGTH(", "CHAR_LENGTH(")) + value + ")";
      case 3 -> "SUBSTRING(" + value + ", " + (random.nextInt(9) - 3) + ")";
      default ->
          "SUBSTRING("
              + value
              + ", "
              + (random.nextInt(9) - 3)
              + ", CHAR_LENGTH("
              + column.text()
              + ") - "
              + random.nextInt(3)
              + ")";
    };
  }

  /** A constant, or a column of any type that can be compared with another. */
  private String compared(Operand column) {
    return random.nextInt(4) > 0
        ? other(column)
        : pick(columns.stream().filter(c -> c.kind().joins(column.kind())).toList()).text();
  }

  private String other(Operand column) {
    return random.nextInt(3) > 0 ? constant(column.kind()) : like(column).text();
  }

  private Operand like(Operand column) {
    return pick(
        columns.stream().filter(c -> c.kind().family().equals(column.kind().family())).toList());
  }

  private String constant(Kind kind) {
    String constant = pick(kind.values());
    return kind.isText() && random.nextInt(4) == 0
        ? '"' + constant.substring(1, constant.length() - 1).replace("''", "'") + '"'
        : constant;
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
