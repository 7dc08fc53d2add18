package dev.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RocksDbCacheTest {
  private static final long MIB = 1 << 20;

  @Test
  void aCacheThatIsNotFullIsLargeEnough() {
    assertThat(of(1000, 80, 1).isTooSmall()).isFalse();
  }

  @Test
  void aFullCacheIsLargeEnoughForLessState() {
    assertThat(of(99, 100, 1).isTooSmall()).isFalse();
  }

  @Test
  void aFullCacheIsTooSmallForMoreState() {
    assertThat(of(101, 99, 1).isTooSmall()).isTrue();
  }

  @Test
  void theCachesOfAllSlotsCount() {
    assertThat(of(199, 100, 2).isTooSmall()).isFalse();
  }

  private static Status.RocksDb of(long stateMb, long usedMb, int slots) {
    return new Status.RocksDb(stateMb * MIB, 100 * MIB, usedMb * MIB, slots);
  }
}
