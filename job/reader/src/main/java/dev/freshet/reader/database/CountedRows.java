package dev.freshet.reader.database;

import dev.freshet.reader.answer.Meter;
import dev.freshet.reader.answer.Page;
import dev.freshet.reader.answer.Unanswered;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads rows one by one and counts the bytes of each before it reads the next. */
final class CountedRows {
  private CountedRows() {}

  /** Goes to the next row; returns false if there is none. */
  interface Next {
    boolean next() throws SQLException;
  }

  /** Reads the current row. */
  interface Row {
    Object[] read() throws SQLException;
  }

  /**
   * Reads all rows.
   *
   * @throws Unanswered if the rows are too large; the rest is not read then
   */
  static List<Object[]> read(Next next, Row row, Meter meter) throws SQLException, Unanswered {
    List<Object[]> rows = new ArrayList<>();
    while (next.next()) {
      Object[] read = row.read();
      meter.add(Page.bytes(read));
      rows.add(read);
    }
    return rows;
  }
}
