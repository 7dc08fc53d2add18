package dev.freshet.flow.binlog;

import java.util.List;

/**
 * Decodes the rows of a table whose columns one TABLE_MAP describes. A result has the columns in
 * use, each as a canonical value, null, or an {@link Unreadable}.
 */
public final class RowReader {
  private final ColumnReader[] columns;
  private final int[] cells;
  private final int width;

  /**
   * Makes a reader.
   *
   * @param columns a reader for each column of the row; those of unused columns skip
   * @param cells for each column of the row, the index of its value in the result
   * @param width the number of values of a result
   * @throws IllegalArgumentException if there are no columns, so that a row has no bytes
   */
  public RowReader(List<ColumnReader> columns, int[] cells, int width) {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a row without columns");
    }
    this.columns = columns.toArray(ColumnReader[]::new);
    this.cells = cells.clone();
    this.width = width;
  }

  /** The number of columns of a row. */
  public int columns() {
    return columns.length;
  }

  /**
   * Decodes the next row, which must have all columns.
   *
   * @throws IndexOutOfBoundsException if the bytes end before the row
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
