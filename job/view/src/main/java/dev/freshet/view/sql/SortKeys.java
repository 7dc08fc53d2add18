package dev.freshet.view.sql;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.collation.Collation;
import java.util.List;
import java.util.Optional;

/**
 * Sort keys of texts whose collation Postgres does not have. The store has a column of bytes for
 * each output of such a collation that the view sorts by; its bytes are ordered as MySQL orders the
 * texts.
 */
public final class SortKeys {
  /** The beginning of the names of the store's columns; the index of the output follows. */
  public static final String PREFIX = "_sort_";

  /**
   * MySQL sorts by the first bytes of longer keys, if the collation pads ({@code max_sort_length}).
   */
  static final int MOST_BYTES = Expr.SortKey.BYTES;

  private SortKeys() {}

  /** Returns the outputs that have a sort key in the store, in the view's order. */
  public static List<Integer> of(ViewPlan plan) {
    return plan.order().stream()
        .map(ViewPlan.Order::output)
        .filter(output -> isNeeded(plan, output))
        .toList();
  }

  /** Whether the store sorts an output of the view's order by a key. */
  public static boolean isNeeded(ViewPlan plan, int output) {
    return collation(plan.outputs().get(output).column()).isPresent();
  }

  /** Whether MySQL would sort a value only by the beginning of its key. */
  static boolean isCut(ViewPlan plan, int output, byte[] key) {
    return key.length > MOST_BYTES
        && collation(plan.outputs().get(output).column()).filter(Collation::pads).isPresent();
  }

  private static Optional<Collation> collation(Column column) {
    return Collation.of(column.collation());
  }

  /** Returns the sort key of a value; null for NULL. */
  public static byte[] key(ViewPlan plan, int output, Object value) {
    return value == null
        ? null
        : collation(plan.outputs().get(output).column()).orElseThrow().sortKey((String) value);
  }
}
