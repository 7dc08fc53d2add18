package dev.freshet.flow.log;

import dev.freshet.view.Key;
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
 * @param values the outputs; of an entry that left, the last ones it had here
 */
public record EntryChange(
    int view, Key key, Key entry, long version, boolean present, Object[] values) {
  public EntryChange {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(entry, "entry");
    Objects.requireNonNull(values, "values");
    if (version < 0) {
      throw new IllegalArgumentException("version " + version + " below 0");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryChange that
        && view == that.view
        && key.equals(that.key)
        && entry.equals(that.entry)
        && version == that.version
        && present == that.present
        && Arrays.deepEquals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(view, key, entry, version, present);
  }

  @Override
  public String toString() {
    return (present ? "put " : "remove ")
        + key
        + entry
        + "@"
        + version
        + Arrays.deepToString(values);
  }
}
