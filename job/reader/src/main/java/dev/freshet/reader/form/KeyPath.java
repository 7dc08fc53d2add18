package dev.freshet.reader.form;

import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.TextForm;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Parses a URL path: its segments, and the key in them. A key's texts become canonical, so {@code
 * Ana} and {@code ANA} are one key if the collation says so.
 */
public final class KeyPath {
  private KeyPath() {}

  /**
   * Splits a raw path into segments and percent-decodes each, so {@code %2F} does not separate
   * segments. {@code +} means a plus.
   *
   * @param path the path without its leading slash
   * @throws BadForm if a percent sign does not begin an octet, or the octets are not UTF-8
   */
  public static List<String> segments(String path) throws BadForm {
    List<String> segments = new ArrayList<>();
    int start = 0;
    while (start <= path.length()) {
      int end = path.indexOf('/', start);
      if (end < 0) {
        end = path.length();
      }
      segments.add(PercentCoding.decode(path.substring(start, end)));
      start = end + 1;
    }
    return segments;
  }

  /**
   * Parses a key's values into canonical form. Texts that MySQL takes as equal give one key.
   *
   * @param parts one text per key column, in declared order
   * @throws BadForm naming the column, the value and the expected form
   */
  public static Object[] parse(ViewPlan plan, List<String> parts) throws BadForm {
    List<Column> columns = plan.keyColumnList();
    if (parts.size() != columns.size()) {
      throw new BadForm(
          "view %s has %d key part%s (%s), not %d"
              .formatted(
                  plan.view(),
                  columns.size(),
                  columns.size() == 1 ? "" : "s",
                  columns.stream().map(Column::name).collect(Collectors.joining("/")),
                  parts.size()));
    }
    Object[] key = new Object[parts.size()];
    for (int i = 0; i < key.length; i++) {
      try {
        key[i] = TextForm.parseKey(columns.get(i), parts.get(i));
      } catch (BadForm e) {
        throw new BadForm(
            "key part %s: '%s' is %s"
                .formatted(
                    columns.get(i).name(), PercentCoding.shorten(parts.get(i)), e.getMessage()));
      }
    }
    return key;
  }
}
