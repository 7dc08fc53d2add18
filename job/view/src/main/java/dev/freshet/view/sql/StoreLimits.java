package dev.freshet.view.sql;

import dev.freshet.view.Column;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.collation.Collation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds values that MySQL can hold and Postgres cannot, before they are bound to a statement. Such
 * values are texts with a NUL character, invalid dates such as 0000-00-00, and keys that are too
 * long for an index. It also finds values that Postgres would not sort as MySQL does, and a NULL
 * where the view has none.
 *
 * <p>{@code RowDecoder} of the job makes a source row with a NUL character or an invalid date
 * poison; {@code EntryRule} does the same with a row whose entry cannot be stored. The reader
 * queries MySQL for a key that Postgres cannot hold.
 */
public final class StoreLimits {
  /**
   * The maximum number of bytes of texts and binaries in a row of an index. Postgres allows 2,704
   * bytes, which include headers and the other columns.
   */
  public static final int INDEX_BYTES = 2_400;

  private final ViewPlan plan;
  private final Set<Integer> indexed = new TreeSet<>();
  private final List<Integer> canonicalTexts;
  private final Set<Integer> sortKeys;

  /** The sorted outputs that MySQL sorts with or without spaces at the end, as it likes. */
  private final Set<Integer> sortedBothWays = new TreeSet<>();

  public StoreLimits(ViewPlan plan) {
    this.plan = plan;
    this.indexed.addAll(plan.primaryKey());
    plan.order().forEach(order -> indexed.add(order.output()));
    this.canonicalTexts = CanonicalTexts.of(plan);
    this.sortKeys = Set.copyOf(SortKeys.of(plan));
    plan.order().stream()
        .map(ViewPlan.Order::output)
        .filter(index -> isUnpaddedChar(plan.outputs().get(index).column()))
        .forEach(sortedBothWays::add);
    // The store indexes these by their canonical texts only.
    indexed.removeIf(index -> canonicalTexts.contains(index) && !sortKeys.contains(index));
  }

  /**
   * Why an entry cannot be stored; empty if it can.
   *
   * @param entry the view's outputs in their order
   */
  public Optional<String> problem(Object[] entry) {
    for (int i = 0; i < entry.length; i++) {
      Column column = plan.outputs().get(i).column();
      if (entry[i] == null && !column.nullable()) {
        return Optional.of(title(i) + " is NULL; the view says it never is");
      }
      if (holdsNul(entry[i])) {
        return Optional.of(title(i) + " holds a NUL character; Postgres has no text with one");
      }
    }
    for (int index : sortedBothWays) {
      String collation = plan.outputs().get(index).column().collation();
      if (entry[index] instanceof String text && !Collation.isSortedAlikePadded(collation, text)) {
        return Optional.of(
            title(index)
                + " is a CHAR with a character that MySQL sorts in two ways, before and after a"
                + " space");
      }
    }
    int bytes = 0;
    for (int index : indexed) {
      byte[] key = sortKeys.contains(index) ? SortKeys.key(plan, index, entry[index]) : null;
      if (key != null && SortKeys.isCut(plan, index, key)) {
        return Optional.of(
            title(index)
                + " has a sort key of "
                + key.length
                + " bytes; MySQL sorts by the first "
                + SortKeys.MOST_BYTES
                + " only");
      }
      bytes += key == null ? bytes(entry[index]) : key.length;
    }
    for (int index : canonicalTexts) {
      bytes += bytes(plan.outputs().get(index).column().canonical(entry[index]));
    }
    return bytes <= INDEX_BYTES
        ? Optional.empty()
        : Optional.of(
            "key and order of the entry are "
                + bytes
                + " bytes long; Postgres indexes at most "
                + INDEX_BYTES);
  }

  private String title(int output) {
    return plan.outputs().get(output).title();
  }

  /**
   * Whether Postgres can hold a value. If not, the store cannot be queried for a key with this
   * value.
   */
  public static boolean has(ValueType type, Object value) {
    return !holdsNul(value) && !ImpossibleDate.isStandIn(type, value);
  }

  /**
   * Whether the store can be queried for a key. If not, all entries of the key are poison.
   *
   * @param key the key's values in declared order
   */
  public static boolean hasKey(ViewPlan plan, List<?> key) {
    int bytes = 0;
    for (int i = 0; i < key.size(); i++) {
      if (!has(plan.keyColumnList().get(i).type(), key.get(i))) {
        return false;
      }
      bytes += bytes(key.get(i));
    }
    return bytes <= INDEX_BYTES;
  }

  /** Whether a value is a text with a NUL character. */
  public static boolean holdsNul(Object value) {
    return value instanceof String text && text.indexOf('\0') >= 0;
  }

  private static int bytes(Object value) {
    if (value instanceof String text) {
      return text.getBytes(StandardCharsets.UTF_8).length;
    }
    return value instanceof byte[] bytes ? bytes.length : 0;
  }

  private static boolean isUnpaddedChar(Column column) {
    return column.mysqlType().startsWith("char(")
        && Collation.of(column.collation()).filter(Collation::pads).isEmpty();
  }
}
