package dev.freshet.flow.capture.source;

import dev.freshet.view.Column;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** All columns of a table, in their order, as {@code information_schema} describes them. */
public record TableDefinition(List<Definition> columns) {
  public TableDefinition {
    columns = List.copyOf(columns);
  }

  /**
   * A column.
   *
   * @param type {@code COLUMN_TYPE}
   * @param collation empty where the column has none
   * @param generation the expression of a generated column; empty for all others
   */
  public record Definition(
      String name, String type, String collation, boolean nullable, String generation) {
    public Definition {
      Objects.requireNonNull(name, "name");
      type =
          type.toLowerCase(Locale.ROOT).startsWith("enum(") || type.startsWith("set(")
              ? type
              : type.toLowerCase(Locale.ROOT);
      Objects.requireNonNull(collation, "collation");
      Objects.requireNonNull(generation, "generation");
    }

    /** A column of a plan. */
    public static Definition of(Column column) {
      return new Definition(
          column.name(), column.mysqlType(), column.collation(), column.nullable(), "");
    }

    /**
     * Whether all values of this column are the same, and mean the same, under another definition
     * of it: an equal one, a longer VARCHAR, an ENUM or SET with more labels at its end.
     */
    boolean isKeptBy(Definition next) {
      if (nullable != next.nullable || !generation.isEmpty() || !next.generation.isEmpty()) {
        return false;
      }
      boolean optional = isOptional();
      if (optional && next.isOptional() && base().equals(next.base())) {
        List<String> before = labels();
        List<String> after = next.labels();
        return after.size() >= before.size() && after.subList(0, before.size()).equals(before);
      }
      // A plan knows the collation of every text that it compares.
      if (!collation.isEmpty() && !collation.equals(next.collation)) {
        return false;
      }
      return type.equals(next.type)
          || (base().equals("varchar")
              && next.base().equals("varchar")
              && arguments()[0] <= next.arguments()[0]);
    }

    /** The same without its expression, as a plan knows it. */
    Definition ungenerated() {
      return new Definition(name, type, collation, nullable, "");
    }

    private boolean isOptional() {
      return base().equals("enum") || base().equals("set");
    }

    /** The type's name alone. */
    public String base() {
      int end = 0;
      while (end < type.length() && Character.isLetter(type.charAt(end))) {
        end++;
      }
      return type.substring(0, end);
    }

    boolean isUnsigned() {
      return type.contains(" unsigned");
    }

    /** The numbers in the type's brackets; none for an ENUM or SET. */
    int[] arguments() {
      int begin = type.indexOf('(');
      if (begin < 0 || isOptional()) {
        return new int[0];
      }
      String[] parts = type.substring(begin + 1, type.indexOf(')', begin)).split(",", -1);
      int[] numbers = new int[parts.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = Integer.parseInt(parts[i].strip());
      }
      return numbers;
    }

    /** The labels of an ENUM or SET, in their order; none for all else. */
    List<String> labels() {
      List<String> labels = new ArrayList<>();
      int at = isOptional() ? type.indexOf('\'') : -1;
      while (at >= 0) {
        StringBuilder label = new StringBuilder();
        at++;
        while (type.charAt(at) != '\'' || isDoubled(at)) {
          char c = type.charAt(at);
          at += c == '\'' ? 2 : 1;
          if (c == '\\') {
            c = unescaped(type.charAt(at++));
          }
          label.append(c);
        }
        labels.add(label.toString());
        at = type.indexOf('\'', at + 1);
      }
      return labels;
    }

    private boolean isDoubled(int quote) {
      return quote + 1 < type.length() && type.charAt(quote + 1) == '\'';
    }

    private static char unescaped(char escaped) {
      return switch (escaped) {
        case '0' -> '\0';
        case 'n' -> '\n';
        case 'r' -> '\r';
        default -> escaped;
      };
    }
  }

  /**
   * The generated columns that are made, directly or by way of others, of columns that a statement
   * gave a new definition; in lower case.
   */
  Set<String> dependents(TableEffect effect) {
    Set<String> changed = new HashSet<>(effect.redefined());
    Set<String> dependents = new HashSet<>();
    for (boolean more = true; more; ) {
      more = false;
      for (Definition column : columns) {
        String expression = column.generation().toLowerCase(Locale.ROOT);
        // MySQL quotes every name in it.
        boolean depends =
            !expression.isEmpty()
                && (effect.converts()
                    || changed.stream()
                        .anyMatch(
                            name -> expression.contains("`" + name.replace("`", "``") + "`")));
        String name = TableEffect.lower(column.name());
        if (depends && dependents.add(name)) {
          changed.add(name);
          more = true;
        }
      }
    }
    return dependents;
  }

  Optional<Definition> column(String name) {
    return columns.stream().filter(column -> column.name().equalsIgnoreCase(name)).findFirst();
  }
}
