package dev.freshet.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.job.FlinkApi;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects RocksDB's metrics, which a job has if it was submitted with {@link
 * dev.freshet.servers.RocksDb#settings}. Sizes are reported for each state of an operator and added
 * up; the cache of a slot is shared by all states.
 */
final class RocksDbMetrics {
  private static final String CAPACITY = "rocksdb_block-cache-capacity";
  private static final String USAGE = "rocksdb_block-cache-usage";
  private static final String FILES = "rocksdb_estimate-live-data-size";
  private static final String WRITTEN = "rocksdb_size-all-mem-tables";
  private static final List<String> ALL = List.of(CAPACITY, USAGE, FILES, WRITTEN);

  /**
   * The maximum length of the metric names in a request; Flink refuses a request line longer than 4
   * KiB.
   */
  private static final int LONGEST = 3_000;

  private final FlinkApi flink;
  private final String job;
  private final Map<String, Long> sums = new HashMap<>();
  private final Map<String, Long> maxima = new HashMap<>();

  RocksDbMetrics(FlinkApi flink, String job) {
    this.flink = flink;
    this.job = job;
  }

  /** Adds the metrics of all subtasks of a vertex. */
  void add(String vertex) {
    String path = "/jobs/" + job + "/vertices/" + vertex + "/subtasks/metrics";
    StringBuilder names = new StringBuilder();
    for (String name : names(path)) {
      if (!names.isEmpty() && names.length() + name.length() > LONGEST) {
        read(path, names);
        names.setLength(0);
      }
      names.append(names.isEmpty() ? "" : ",").append(name);
    }
    if (!names.isEmpty()) {
      read(path, names);
    }
  }

  private List<String> names(String path) {
    List<String> names = new ArrayList<>();
    flink
        .find(path)
        .ifPresent(
            all -> {
              for (JsonNode metric : all) {
                String name = metric.path("id").asText();
                if (ALL.stream().anyMatch(name::endsWith)) {
                  names.add(name);
                }
              }
            });
    return names;
  }

  private void read(String path, CharSequence names) {
    flink.find(path + "?get=" + names + "&agg=max,sum").ifPresent(this::take);
  }

  private void take(JsonNode values) {
    for (JsonNode value : values) {
      String name = value.path("id").asText();
      for (String metric : ALL) {
        if (name.endsWith(metric)) {
          sums.merge(metric, value.path("sum").asLong(), Long::sum);
          maxima.merge(metric, value.path("max").asLong(), Math::max);
        }
      }
    }
  }

  /**
   * Returns the totals; empty if there are no metrics.
   *
   * @param slots the number of slots that the job uses
   */
  Optional<Status.RocksDb> read(int slots) {
    return max(CAPACITY) == 0
        ? Optional.empty()
        : Optional.of(
            new Status.RocksDb(sum(FILES) + sum(WRITTEN), max(CAPACITY), max(USAGE), slots));
  }

  private long sum(String metric) {
    return sums.getOrDefault(metric, 0L);
  }

  private long max(String metric) {
    return maxima.getOrDefault(metric, 0L);
  }
}
