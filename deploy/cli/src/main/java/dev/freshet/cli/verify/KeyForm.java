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

/** A view's keys as they stand in a reader's URL: the values in order, with slashes between. */
final class KeyForm {
  private static final Pattern SLASH = Pattern.compile("/");

  private final ViewPlan plan;

  KeyForm(ViewPlan plan) {
    this.plan = plan;
  }

  /**
   * The values of a key.
   *
   * @throws IllegalArgumentException with one line when the text is none
   */
  Key parse(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : SLASH.split(text, -1)) {
      // Here, as in a path, a plus is a plus.
      parts.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
    }
    KeyRequest request =
        new KeyRequest(
            KeyRequest.FORMAT,
            KeyRequest.REPAIR,
            "",
            plan.view(),
            KeyRequest.KEY,
            parts,
            Instant.EPOCH.toString());
    Object[] named = request.keyIn(plan).values();
    return Key.of(Arrays.copyOfRange(named, 1, named.length));
  }

  String print(Key key) {
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
