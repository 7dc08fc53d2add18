package dev.freshet.cli.verify;

import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.TextForm;
import dev.freshet.view.stream.KeyRequest;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Converts a view's keys from and to their form in the reader's URLs: the values in order,
 * separated by slashes.
 */
public final class KeyForm {
  private static final Pattern SLASH = Pattern.compile("/");

  private final ViewPlan plan;

  public KeyForm(ViewPlan plan) {
    this.plan = plan;
  }

  /**
   * Parses a key.
   *
   * @throws IllegalArgumentException with one line if the text is malformed
   */
  public Key parse(String text) {
    Object[] named = request(KeyRequest.KEY, text).keyIn(plan).values();
    return Key.of(Arrays.copyOfRange(named, 1, named.length));
  }

  /**
   * Parses a primary key of the root table in the same form.
   *
   * @throws IllegalArgumentException with one line if the text is malformed
   */
  public Key parseRow(String text) {
    return Key.of(request(KeyRequest.ROW, text).rowIn(plan));
  }

  private KeyRequest request(String of, String text) {
    List<String> parts = new ArrayList<>();
    for (String part : SLASH.split(text, -1)) {
      // As in a path, a plus sign does not mean a space.
      parts.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
    }
    return new KeyRequest(
        KeyRequest.FORMAT, KeyRequest.REPAIR, "", plan.view(), of, parts, Instant.EPOCH.toString());
  }

  public String print(Key key) {
    List<Column> columns = plan.keyColumnList();
    Object[] values = key.values();
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      parts.add(
          URLEncoder.encode(TextForm.print(columns.get(i), values[i]), StandardCharsets.UTF_8)
              .replace("+", "%20"));
    }
    return String.join("/", parts);
  }
}
