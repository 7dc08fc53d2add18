package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.job.RocksDbMemory;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CacheFitTest {
  private static final long MIB = 1 << 20;
  private static final RocksDbMemory GIB = new RocksDbMemory(OptionalLong.of(1024 * MIB), 2.5 / 3);

  @Test
  void aFittingStateIsReported() {
    assertThat(CacheFit.print(GIB, 2, state(1700)))
        .isEqualTo(
            "a cache of 853 MiB in each of 2 slots, and about 1.7 GiB of state of all declared"
                + " views: it fits");
  }

  @Test
  void tooLittleMemoryIsReportedWithTheRequiredAmount() {
    assertThat(CacheFit.print(GIB, 2, state(2000)))
        .contains("too small")
        .contains("Give each slot 1,201 MiB with state.backend.rocksdb.memory.fixed-per-slot")
        .contains("--rocksdb-memory");
    RocksDbMemory enough = new RocksDbMemory(OptionalLong.of(1201 * MIB), 2.5 / 3);
    assertThat(CacheFit.print(enough, 2, state(2000))).endsWith("it fits");
  }

  @Test
  void unknownMemoryIsReported() {
    assertThat(CacheFit.print(new RocksDbMemory(OptionalLong.empty(), 1), 1, state(1)))
        .contains("is unknown")
        .contains("state.backend.rocksdb.memory.fixed-per-slot: 1gb");
  }

  private static StateSize state(long mb) {
    return new StateSize(1, mb * MIB);
  }
}
