package dev.freshet.flow.log;

import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.util.Arrays;
import java.util.Objects;

/**
 * An entry of a key has new contents, or left it.
 *
 * @param view place of the view in the job's plan
 * @param key the view key, with the view's name in front
 * @param entry what tells the entry from the key's others
 * @param version the watermark of the step that made it so
 * @param present whether the entry is there from now on; false: it left this key
 * @param values the outputs; of an entry that left, the last ones it had here; of one that holds
 *     poison only those of its primary key are sure
 * @param poison why nobody knows what the entry shows; null when it is known
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
      throw new IllegalArgumentException("an entry that left holds no poison");
    }
  }

  /** A change of an entry that is known. */
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
