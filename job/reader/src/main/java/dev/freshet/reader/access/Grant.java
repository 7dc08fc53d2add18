package dev.freshet.reader.access;

import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.TextForm;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The rights of a token. Everything that no scope allows is forbidden.
 *
 * <ul>
 *   <li>{@code read:*} reads every view
 *   <li>{@code read:NAME} reads the view {@code NAME}
 *   <li>{@code operate} repairs and invalidates keys of every view, and reads nothing; together
 *       with the right to read a view it allows to ask MySQL for the view's keys, to compare
 *       answers
 * </ul>
 *
 * @param scopes the scopes
 * @param keyValues column names, each with values as text; the token may read and repair only keys
 *     that have all of these columns, each with one of its values
 */
public record Grant(Set<String> scopes, Map<String, Set<String>> keyValues) {
  static final String READ = "read:";
  static final String READ_ALL = "read:*";

  /** The scope that allows repairs and invalidations. */
  public static final String OPERATE = "operate";

  /** All rights. */
  public static final Grant ALL = new Grant(Set.of(READ_ALL, OPERATE), Map.of());

  public Grant {
    scopes = Set.copyOf(scopes);
    keyValues =
        keyValues.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, bound -> Set.copyOf(bound.getValue())));
  }

  /** Whether a word is a scope. */
  static boolean isScope(String word) {
    return word.equals(OPERATE)
        || (word.startsWith(READ) && !word.substring(READ.length()).isBlank());
  }

  /** Whether the token may read a view with this name, which need not exist. */
  public boolean reads(String view) {
    return scopes.contains(READ_ALL) || scopes.contains(READ + view);
  }

  /** Whether the token may repair and invalidate keys. */
  public boolean operates() {
    return scopes.contains(OPERATE);
  }

  /** Whether a key has values that the token's {@link #keyValues} allow. */
  public boolean covers(ViewPlan plan, List<Object> key) {
    return keyValues.entrySet().stream()
        .allMatch(
            bound ->
                bound.getValue().stream().anyMatch(text -> has(plan, key, bound.getKey(), text)));
  }

  private static boolean has(ViewPlan plan, List<Object> key, String name, String text) {
    List<Column> columns = plan.keyColumnList();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (column.name().equals(name)) {
        try {
          // Compares canonical forms, because 12.5 and 12.50 are one DECIMAL, Ana and ANA one text.
          return TextForm.print(column, TextForm.parseKey(column, text))
              .equals(TextForm.print(column, key.get(i)));
        } catch (BadForm e) {
          return false;
        }
      }
    }
    return false;
  }
}
