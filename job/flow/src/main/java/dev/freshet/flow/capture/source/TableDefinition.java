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
   * @param type {@code COLUMN_TYPE} of {@code information_schema}; in lower case, except for labels
   * @param collation the collation; empty if the column has none
   * @param generation the expression of a generated column; empty for other columns
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

    /** Returns the definition of a plan's column. */
    public static Definition of(Column column) {
      return new Definition(
          column.name(), column.mysqlType(), column.collation(), column.nullable(), "");
    }

    /**
     * Whether another definition of the column keeps all values and their meaning. That is the case
     * for an equal definition, a longer VARCHAR, and an ENUM or SET with more labels at its end.
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
      // A plan has the collation of every text column that it compares.
      if (!collation.isEmpty() && !collation.equals(next.collation)) {
        return false;
      }
      return type.equals(next.type)
          || (base().equals("varchar")
              && next.base().equals("varchar")
              && arguments()[0] <= next.arguments()[0]);
    }

    /** Returns the definition without the generation expression, which a plan does not have. */
    Definition ungenerated() {
      return new Definition(name, type, collation, nullable, "");
    }

    private boolean isOptional() {
      return base().equals("enum") || base().equals("set");
    }

    /** Returns the type's name without arguments, such as {@code varchar}. */
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

    /** Returns the numbers in the type's parentheses; none for an ENUM or SET. */
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

    /** Returns the labels of an ENUM or SET, in order; none for other types. */
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
   * Returns the generated columns that depend, directly or indirectly, on columns that a statement
   * redefined. The names are in lower case.
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
