package dev.freshet.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Properties that are passed unchanged to a driver or client. Some values are secrets, so {@link
 * #toString} returns only the names.
 *
 * @param values the values by name
 * @param files the files from which values were read, by name
 */
public record Extra(Map<String, String> values, Map<String, Path> files) {
  static final Extra NONE = new Extra(Map.of());

  public Extra {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    files = Map.copyOf(files);
  }

  /** Creates properties whose values were not read from files. */
  public Extra(Map<String, String> values) {
    this(values, Map.of());
  }

  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
