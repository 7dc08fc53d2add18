package dev.freshet.flow.binlog;

import java.util.List;

/**
 * Reads rows of a table with the columns that one TABLE_MAP tells: the values of the columns in
 * use, each as a canonical value, null, or {@link Unreadable}.
 */
public final class RowReader {
  private final ColumnReader[] columns;
  private final int[] cells;
  private final int width;

  /**
   * A reader.
   *
   * @param columns by place in the row; those that are not in use skip
   * @param cells by place in the row, where a column's value comes to lie in the result
   * @param width how many values a result has
   */
  public RowReader(List<ColumnReader> columns, int[] cells, int width) {
    this.columns = columns.toArray(ColumnReader[]::new);
    this.cells = cells.clone();
    this.width = width;
  }

  /** How many columns a row has. */
  public int columns() {
    return columns.length;
  }

  /**
   * Reads the next row, which has all columns.
   *
   * @throws IndexOutOfBoundsException when the bytes end before the row does
   */
  public Object[] read(Bytes in) {
    Object[] row = new Object[width];
    byte[] nulls = in.bytes((columns.length + 7) / 8);
    for (int i = 0; i < columns.length; i++) {
      if ((nulls[i / 8] >> i % 8 & 1) != 0) {
        continue;
      }
      if (columns[i].skips()) {
        columns[i].skip(in);
      } else {
        row[cells[i]] = columns[i].read(in);
      }
    }
    return row;
  }
}
