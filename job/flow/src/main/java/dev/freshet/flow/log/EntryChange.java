package dev.freshet.flow.log;

import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.util.Arrays;
import java.util.Objects;

/**
 * An entry of a key was added or changed, or it left the key.
 *
 * @param view the index of the view in the job's plan
 * @param key the view key, which begins with the view's name
 * @param entry identifies the entry among the key's entries
 * @param version the watermark of the step that caused the change
 * @param present true if the entry was added or changed, false if it left this key
 * @param values the outputs; if the entry left, its last outputs in this key; if it holds poison,
 *     only the outputs of its primary key are reliable
 * @param poison why the entry's content is unknown; null if it is known
 */
public record EntryChange(
    int view, Key key, Key entry, long version, boolean present, Object[] values, Reason poison) {
  public EntryChange {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(entry, "entry");
    Objects.requireNonNull(values, "values");
    if (version < 0) {
      throw new IllegalArgumentException("version " + version + " below 0");
    }
    if (poison != null && !present) {
      throw new IllegalArgumentException(
          "a change that removes an entry from a key cannot have poison");
    }
  }

  /** A change of an entry without poison. */
  public EntryChange(int view, Key key, Key entry, long version, boolean present, Object[] values) {
    this(view, key, entry, version, present, values, null);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryChange that
        && view == that.view
        && key.equals(that.key)
        && entry.equals(that.entry)
        && version == that.version
        && present == that.present
        && poison == that.poison
        && Arrays.deepEquals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(view, key, entry, version, present);
  }

  @Override
  public String toString() {
    return (present ? "put " : "remove ")
        + (poison == null ? "" : poison + " ")
        + key
        + entry
        + "@"
        + version
        + Arrays.deepToString(values);
  }
}
