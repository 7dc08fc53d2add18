package dev.freshet.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Properties handed to a driver or client as they are. Some are secrets, so the readable form has
 * the names alone.
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
