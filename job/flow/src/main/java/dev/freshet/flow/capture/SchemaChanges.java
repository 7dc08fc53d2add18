package dev.freshet.flow.capture;

import java.util.Locale;
import java.util.regex.Pattern;

/** Statements after which a table's rows are others without any row event. */
final class SchemaChanges {
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern ROWS_VANISH =
      Pattern.compile(
          "^\\s*(TRUNCATE|DROP\\s+(TABLE|DATABASE|SCHEMA)|RENAME|ALTER\\s.*\\s(RENAME\\s+(TO|AS|`|\\w+\\s*$)|"
              + "(DROP|TRUNCATE|EXCHANGE|DISCARD|IMPORT)\\s+(PARTITION|TABLESPACE)))\\b.*",
          Pattern.DOTALL);

  private SchemaChanges() {}

  /**
   * Stops capture where going on would keep rows that are gone.
   *
   * @throws SourceFault when the statement removes rows or the table itself
   */
  static void refuseIfRowsVanish(String table, String statement) {
    String plain = COMMENT.matcher(statement).replaceAll(" ").toUpperCase(Locale.ROOT);
    if (ROWS_VANISH.matcher(plain).matches()) {
      throw new SourceFault(
          "Source table "
              + table
              + ": '"
              + statement.strip()
              + "' changes rows without telling which; submit the job anew to read the table again");
    }
  }
}
