package dev.freshet.cli.verify;

import java.util.Arrays;

/** An entry in canonical values, equal to one that has the same, whichever side it is from. */
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
