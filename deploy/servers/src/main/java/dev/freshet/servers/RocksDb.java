package dev.freshet.servers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Flink's options of RocksDB that hold wherever Freshet starts a cluster or submits a job. They say
 * nothing of memory, which is the cluster's, and have no effect on a job whose state is elsewhere.
 */
public final class RocksDb {
  /** The memory of each slot for blocks, indexes, filters and what was written last. */
  public static final String MEMORY_PER_SLOT = "state.backend.rocksdb.memory.fixed-per-slot";

  private static final String PREFIX = "state.backend.rocksdb.";

  /**
   * What {@code freshet status} needs to tell whether the cache holds the state. Counters of reads
   * are not among them: they cost each read a twentieth.
   */
  private static final List<String> METRICS =
      List.of(
          "block-cache-capacity",
          "block-cache-usage",
          "estimate-live-data-size",
          "size-all-mem-tables");

  private RocksDb() {}

  /**
   * Filters, so that a row is not looked for in files that lack it; indexes and filters in parts,
   * so that the cache keeps those parts alone that are asked; and the metrics that are looked at.
   */
  public static Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(PREFIX + "use-bloom-filter", "true");
    settings.put(PREFIX + "memory.partitioned-index-filters", "true");
    METRICS.forEach(metric -> settings.put(PREFIX + "metrics." + metric, "true"));
    return settings;
  }
}
