package dev.freshet.reader.form;

import dev.freshet.view.form.BadForm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses query strings. */
public final class QueryString {
  private QueryString() {}

  /**
   * Parses the parameters: all values by name, in order. {@code +} means a space; a name without
   * {@code =} has an empty value.
   *
   * @param query the raw text after the question mark, or null
   * @throws BadForm if a part cannot be decoded
   */
  public static Map<String, List<String>> parse(String query) throws BadForm {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    int start = 0;
    while (query != null && start < query.length()) {
      int end = query.indexOf('&', start);
      if (end < 0) {
        end = query.length();
      }
      if (end > start) {
        add(query.substring(start, end), parameters);
      }
      start = end + 1;
    }
    return parameters;
  }

  private static void add(String part, Map<String, List<String>> parameters) throws BadForm {
    int equals = part.indexOf('=');
    String name = decode(equals < 0 ? part : part.substring(0, equals));
    String value = equals < 0 ? "" : decode(part.substring(equals + 1));
    parameters.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
  }

  private static String decode(String text) throws BadForm {
    return PercentCoding.decode(text.replace('+', ' '));
  }
}
