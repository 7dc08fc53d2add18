package dev.freshet.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Properties that are passed unchanged to a driver or client. Some values are secrets, so {@link
 * #toString} returns only the names.
 */
public record Extra(Map<String, String> values) {
  static final Extra NONE = new Extra(Map.of());

  public Extra {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
