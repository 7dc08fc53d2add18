package dev.freshet.cli.verify;

import java.util.Arrays;

/**
 * An entry with canonical values. Entries of both databases are equal if their values are equal.
 */
record Row(Object[] values) {
  @Override
  public boolean equals(Object other) {
    return other instanceof Row row && Arrays.deepEquals(values, row.values);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(values);
  }
}
