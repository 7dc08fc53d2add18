package dev.freshet.flow.generated;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a view may do with a value. Each role has a view over the two tables of {@link TypeTables}:
 * under the key {@code n = 0} a condition decides, under {@code n = 1} its opposite.
 */
enum TypeRole {
  OUTPUT(
      "shown, `IS NULL`",
      "n",
      "SELECT t.n, t.id, $v AS shown, $w AS other FROM $t t WHERE t.n = 0 OR $v IS NULL"),
  EQUAL_CONSTANT("`=`, `<>` constant", "n", "SELECT t.n, t.id FROM $t t WHERE $c") {
    @Override
    String condition() {
      return "(t.n = 0 AND t.b = %1$d AND $v = %2$s) OR (t.n = 1 AND t.b = %1$d AND $v <> %2$s)";
    }
  },
  LESS_CONSTANT("`<`, `>=` constant", "n", "SELECT t.n, t.id FROM $t t WHERE $c") {
    @Override
    String condition() {
      return "(t.n = 0 AND t.b = %1$d AND $v < %2$s) OR (t.n = 1 AND t.b = %1$d AND $v >= %2$s)";
    }
  },
  EQUAL_COLUMN(
      "`=`, `<>` column",
      "n",
      "SELECT t.n, t.id FROM $t t WHERE (t.n = 0 AND $v = $w) OR (t.n = 1 AND $v <> $w)"),
  LESS_COLUMN(
      "`<`, `>=` column",
      "n",
      "SELECT t.n, t.id FROM $t t WHERE (t.n = 0 AND $v < $w) OR (t.n = 1 AND $v >= $w)"),
  KEY("key", "v", "SELECT $v AS v, t.id, t.b FROM $t t"),
  JOIN("join", "n", "SELECT t.n, t.id, d.label FROM $t t LEFT JOIN $t_d d ON d.v = $v"),
  ORDER("`ORDER BY`", "n", "SELECT t.n, t.id, t.b FROM $t t ORDER BY $v DESC, $w");

  private final String title;
  private final String key;
  private final String query;

  TypeRole(String title, String key, String query) {
    this.title = title;
    this.key = key;
    this.query = query;
  }

  /** How the documentation calls it. */
  String title() {
    return title;
  }

  /** Whether the role is a comparison with constants. */
  boolean hasConstants() {
    return !condition().isEmpty();
  }

  /** The condition on a constant: its index and the constant are to be filled in. */
  String condition() {
    return "";
  }

  /**
   * The declaration of the role's view.
   *
   * @param constants by their indexes among the type's values; only for a role that has constants
   */
  String view(TypeCase type, String table, Map<Integer, String> constants) {
    String where =
        constants.entrySet().stream()
            .map(each -> condition().formatted(each.getKey(), each.getValue()))
            .collect(Collectors.joining("\n  OR "));
    String select =
        query
            .replace("$c", where)
            .replace("$v", type.value().formatted("t.v"))
            .replace("$w", type.value().formatted("t.w"))
            .replace("$t", table);
    return """
        CREATE MATERIALIZED TABLE %s (PRIMARY KEY (%s, id) NOT ENFORCED)
        PARTITIONED BY (%2$s) FRESHNESS = INTERVAL '1' SECOND
        AS %s
        """
        .formatted(viewName(table), key, select);
  }

  String viewName(String table) {
    return table + "_" + name().toLowerCase(Locale.ROOT);
  }
}
