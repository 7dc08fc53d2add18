package dev.freshet.reader.database;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads entries from result sets. */
final class Entries {
  private Entries() {}

  /**
   * Reads the entry in the current row.
   *
   * @param first the index, from 1, of the first column that is an output
   */
  static Object[] read(JdbcValues values, ResultSet rows, ViewPlan plan, int first)
      throws SQLException {
    Object[] entry = new Object[plan.outputs().size()];
    for (int i = 0; i < entry.length; i++) {
      entry[i] = values.read(rows, first + i, plan.outputs().get(i).column());
    }
    return entry;
  }
}
