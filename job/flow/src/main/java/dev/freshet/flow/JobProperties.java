package dev.freshet.flow;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Properties of a driver or client that the job's tasks need.
 *
 * @param entries the values by name
 */
public record JobProperties(Map<String, JobSecret> entries) implements Serializable {
  public static final JobProperties NONE = new JobProperties(Map.of());

  public JobProperties {
    // A copy, because the caller's map may not be serializable.
    entries = new TreeMap<>(entries);
  }

  /** Creates properties that the job graph holds. */
  public static JobProperties of(Map<String, String> values) {
    Map<String, JobSecret> entries = new TreeMap<>();
    values.forEach((name, value) -> entries.put(name, JobSecret.of(value)));
    return new JobProperties(entries);
  }

  /** Returns the values themselves. */
  public Map<String, String> values() {
    Map<String, String> values = new TreeMap<>();
    entries.forEach((name, value) -> values.put(name, value.reveal()));
    return values;
  }

  /** Returns the names alone, because values may be secrets. */
  @Override
  public String toString() {
    return entries.keySet().toString();
  }
}
