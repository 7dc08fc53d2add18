package dev.freshet.servers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Flink options for RocksDB that Freshet sets for every cluster it starts and every job it submits.
 * They do not set RocksDB's memory, which is configured per cluster, and have no effect on a job
 * with another state backend.
 */
public final class RocksDb {
  /** The option for RocksDB's memory per slot: for blocks, indexes, filters and write buffers. */
  public static final String MEMORY_PER_SLOT = "state.backend.rocksdb.memory.fixed-per-slot";

  private static final String PREFIX = "state.backend.rocksdb.";

  /**
   * The metrics from which {@code freshet status} tells whether the cache is large enough for the
   * state. Counters of reads are left off, because they make each read 5 % slower.
   */
  private static final List<String> METRICS =
      List.of(
          "block-cache-capacity",
          "block-cache-usage",
          "estimate-live-data-size",
          "size-all-mem-tables");

  private RocksDb() {}

  /**
   * Bloom filters, which avoid reading files that lack a row; partitioned indexes and filters, of
   * which the cache keeps only the partitions in use; and the metrics above.
   */
  public static Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(PREFIX + "use-bloom-filter", "true");
    settings.put(PREFIX + "memory.partitioned-index-filters", "true");
    METRICS.forEach(metric -> settings.put(PREFIX + "metrics." + metric, "true"));
    return settings;
  }
}
