package dev.freshet.cli.explain;

import dev.freshet.cli.Failure;
import dev.freshet.cli.job.FlinkApi;
import dev.freshet.cli.job.RocksDbMemory;
import dev.freshet.config.Config;
import dev.freshet.servers.RocksDb;
import dev.freshet.view.ViewPlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;

/** Compares RocksDB's caches on a cluster with the state of all declared views. */
public final class CacheFit {
  private CacheFit() {}

  /** Returns the comparison in one line; empty if the job does not use RocksDB. */
  public static Optional<String> of(Connection mysql, Config config, ViewPlan plan)
      throws SQLException {
    Optional<RocksDbMemory> memory;
    StateSize state;
    try {
      memory = RocksDbMemory.of(new FlinkApi(config.flink()), config.flink().properties().values());
      if (memory.isEmpty()) {
        return Optional.empty();
      }
      state = StateSize.withOthers(mysql, config, plan);
    } catch (Failure e) {
      return Optional.of("not compared with RocksDB's memory. " + Failure.line(e));
    }
    return Optional.of(print(memory.get(), config.job().parallelism(), state));
  }

  static String print(RocksDbMemory memory, int slots, StateSize state) {
    OptionalLong cache = memory.cacheBytes();
    if (cache.isEmpty()) {
      return "RocksDB's memory in each slot is unknown; set flink.properties %s: 1gb"
          .formatted(RocksDb.MEMORY_PER_SLOT);
    }
    String caches =
        "a cache of %s in each of %d slots, and about %s of state of all declared views"
            .formatted(
                Explanation.print(cache.getAsLong()), slots, Explanation.print(state.bytes()));
    if (state.bytes() <= cache.getAsLong() * slots) {
      return caches + ": it fits";
    }
    long needed = (long) (state.bytes() / memory.cacheRatio() / slots);
    return caches
        + ": too small, the rest is read from disk. Give each slot %,d MiB with %s or up --rocksdb-memory, or increase the parallelism"
            .formatted((needed >> 20) + 1, RocksDb.MEMORY_PER_SLOT);
  }
}
