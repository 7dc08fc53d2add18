package dev.freshet.cli.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.Failure;
import dev.freshet.servers.RocksDb;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RocksDB's memory in each slot of a cluster.
 *
 * @param slotBytes the memory in bytes; empty if it is not bounded, or if the cluster has no task
 *     manager yet
 * @param cacheRatio the share of the block cache, 0 to 1
 */
public record RocksDbMemory(OptionalLong slotBytes, double cacheRatio) {
  private static final String PER_TASK_MANAGER = "state.backend.rocksdb.memory.fixed-per-tm";
  private static final String WRITE_BUFFER_RATIO =
      "state.backend.rocksdb.memory.write-buffer-ratio";
  private static final String IS_MANAGED = "state.backend.rocksdb.memory.managed";
  private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([kmgt]?)(b|[a-z]*bytes)?");
  private static final List<String> UNITS = List.of("", "k", "m", "g", "t");

  /**
   * Determines the memory for a job.
   *
   * @param properties Flink options of the job, which override the cluster's
   * @return empty if the job does not use RocksDB
   */
  public static Optional<RocksDbMemory> of(FlinkApi flink, Map<String, String> properties) {
    Map<String, String> all = new HashMap<>();
    for (JsonNode option : flink.get("/jobmanager/config")) {
      all.put(option.path("key").asText(), option.path("value").asText());
    }
    all.putAll(properties);
    // Flink still accepts the old name of the option.
    String backend = all.getOrDefault("state.backend.type", all.getOrDefault("state.backend", ""));
    if (!backend.toLowerCase(Locale.ROOT).contains("rocksdb")) {
      return Optional.empty();
    }
    return Optional.of(new RocksDbMemory(slot(flink, all), (3 - writeBufferRatio(all)) / 3));
  }

  /** Returns the size of the block cache in each slot; empty if it is unknown. */
  public OptionalLong cacheBytes() {
    return slotBytes.isEmpty()
        ? slotBytes
        : OptionalLong.of((long) (slotBytes.getAsLong() * cacheRatio));
  }

  /**
   * Evaluates the options in Flink's order of precedence: a size for each slot, a share of managed
   * memory, a share of a fixed size.
   */
  private static OptionalLong slot(FlinkApi flink, Map<String, String> options) {
    if (options.containsKey(RocksDb.MEMORY_PER_SLOT)) {
      return OptionalLong.of(size(options, RocksDb.MEMORY_PER_SLOT));
    }
    boolean managed = Boolean.parseBoolean(options.getOrDefault(IS_MANAGED, "true"));
    if (!managed && !options.containsKey(PER_TASK_MANAGER)) {
      return OptionalLong.empty();
    }
    OptionalLong least = OptionalLong.empty();
    for (JsonNode taskManager : flink.get("/taskmanagers").path("taskmanagers")) {
      long all =
          managed
              ? taskManager.path("totalResource").path("managedMemory").asLong() << 20
              : size(options, PER_TASK_MANAGER);
      long slot = all / Math.max(1, taskManager.path("slotsNumber").asInt());
      least = OptionalLong.of(Math.min(slot, least.orElse(slot)));
    }
    return least;
  }

  private static double writeBufferRatio(Map<String, String> options) {
    String ratio = options.getOrDefault(WRITE_BUFFER_RATIO, "0.5");
    try {
      return Double.parseDouble(ratio);
    } catch (NumberFormatException e) {
      throw new Failure(
          "Flink option %s: '%s' is not a number; give one such as 0.5"
              .formatted(WRITE_BUFFER_RATIO, ratio),
          e);
    }
  }

  /** Parses a size in Flink's notation, such as {@code 1gb}, {@code 512 m} or a number of bytes. */
  private static long size(Map<String, String> options, String option) {
    String size = options.get(option);
    Matcher parts = SIZE.matcher(size.strip().toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new Failure(
          "Flink option %s: '%s' is not a memory size; give one such as 1gb"
              .formatted(option, size));
    }
    return Long.parseLong(parts.group(1)) << (10 * UNITS.indexOf(parts.group(2)));
  }
}
