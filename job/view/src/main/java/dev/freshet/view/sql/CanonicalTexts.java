package dev.freshet.view.sql;

import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import java.util.List;

/**
 * The canonical texts of the primary key's columns whose collation takes different texts as equal.
 * The store has a column for each of them, by which it finds entries; the output beside it has the
 * text as MySQL shows it.
 */
public final class CanonicalTexts {
  /** The beginning of the names of the store's columns; the index of the output follows. */
  public static final String PREFIX = "_key_";

  private CanonicalTexts() {}

  /** Returns the outputs that have a canonical text in the store, in the primary key's order. */
  public static List<Integer> of(ViewPlan plan) {
    return plan.primaryKey().stream()
        .filter(output -> plan.outputs().get(output).column().foldsTexts())
        .toList();
  }

  /** The name of the store's column by which an output of the primary key is found. */
  public static String column(ViewPlan plan, int output) {
    Column column = plan.outputs().get(output).column();
    return column.foldsTexts() ? PREFIX + output : column.name();
  }
}
