package dev.freshet.store;

import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of a view's pages by the types of its columns.
 *
 * @param texts whether entries have texts or byte strings
 * @param entry the maximum size of an entry in bytes; empty if a column has no limit
 */
public record PageSize(boolean texts, OptionalLong entry) {
  /** The maximum size of a page that need not be bounded, in bytes. */
  public static final long SMALL = 256 * 1024;

  private static final Pattern LENGTH = Pattern.compile("(var)?(char|binary)\\((\\d+)\\)");

  /** The size of most values that are neither text nor bytes. */
  private static final int FIXED = 40;

  /** The maximum number of bytes of a character in UTF-8. */
  private static final int CHARACTER = 4;

  /** Returns the size of a view's pages. */
  public static PageSize of(ViewPlan plan) {
    return new PageSize(plan.outputs().stream().anyMatch(PageSize::isText), entry(plan));
  }

  private static OptionalLong entry(ViewPlan plan) {
    long bytes = 0;
    for (ViewPlan.Output output : plan.outputs()) {
      Matcher length = LENGTH.matcher(output.column().mysqlType());
      if (!isText(output)) {
        bytes += FIXED;
      } else if (length.matches()) {
        bytes += CHARACTER * Long.parseLong(length.group(3));
      } else {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(bytes);
  }

  /** Whether a value counts for the {@linkplain PageQuery.Request#bound bound} of a page. */
  static boolean isText(ViewPlan.Output output) {
    ValueType type = output.column().type();
    return type == ValueType.STRING || type == ValueType.BYTES;
  }

  /** Whether the query of a page of so many entries must be bounded. */
  public boolean isBounded(int limit) {
    return texts && (entry.isEmpty() || entry.getAsLong() * limit > SMALL);
  }

  /**
   * Returns the maximum size of a page of so many entries in bytes, if its query has the bound
   * {@link #SMALL} where it must be bounded.
   */
  public long most(int limit) {
    return isBounded(limit) ? SMALL : entry.orElseThrow() * limit;
  }
}
