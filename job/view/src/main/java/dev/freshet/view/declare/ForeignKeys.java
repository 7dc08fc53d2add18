package dev.freshet.view.declare;

import dev.freshet.view.ForeignKey;
import dev.freshet.view.ForeignKey.OnDelete;
import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The foreign keys of a table that act, as {@code SHOW CREATE TABLE} prints them. */
final class ForeignKeys {
  private static final String NAME = "`((?:[^`]|``)+)`";
  private static final Pattern QUOTED = Pattern.compile(NAME);
  private static final Pattern KEY =
      Pattern.compile(
          "CONSTRAINT %1$s FOREIGN KEY \\(([^)]+)\\) REFERENCES (?:%1$s\\.)?%1$s \\(([^)]+)\\)(.*)"
              .formatted(NAME));

  private ForeignKeys() {}

  /**
   * Returns the foreign keys that act.
   *
   * @param table the table with all its columns
   * @param definition its CREATE TABLE statement
   */
  static List<ForeignKey> of(Table table, String definition) {
    List<ForeignKey> keys = new ArrayList<>();
    definition
        .lines()
        .forEach(
            line -> {
              Matcher key = KEY.matcher(line);
              if (key.find()) {
                String actions = key.group(6);
                OnDelete onDelete =
                    actions.contains("ON DELETE CASCADE")
                        ? OnDelete.CASCADE
                        : actions.contains("ON DELETE SET NULL")
                            ? OnDelete.SET_NULL
                            : OnDelete.RESTRICT;
                boolean onUpdate =
                    actions.contains("ON UPDATE CASCADE") || actions.contains("ON UPDATE SET NULL");
                if (onDelete != OnDelete.RESTRICT || onUpdate) {
                  keys.add(
                      new ForeignKey(
                          unquoted(key.group(1)),
                          names(key.group(2)).stream().map(table::indexOf).toList(),
                          key.group(3) == null ? table.database() : unquoted(key.group(3)),
                          unquoted(key.group(4)),
                          names(key.group(5)),
                          onDelete,
                          onUpdate));
                }
              }
            });
    return keys;
  }

  private static List<String> names(String quoted) {
    List<String> names = new ArrayList<>();
    Matcher name = QUOTED.matcher(quoted);
    while (name.find()) {
      names.add(unquoted(name.group(1)));
    }
    return names;
  }

  private static String unquoted(String name) {
    return name.replace("``", "`");
  }
}
