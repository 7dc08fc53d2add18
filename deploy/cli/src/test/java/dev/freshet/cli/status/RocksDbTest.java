package dev.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RocksDbTest {
  private static final long MIB = 1 << 20;

  @Test
  void readsThatMissACacheThatIsNotFullAreAllRight() {
    assertThat(of(80, 100_000, 900_000).isTooSmall()).isFalse();
  }

  @Test
  void aFullCacheIsAllRightWhileReadsFindTheirBlocks() {
    assertThat(of(100, 980_000, 20_000).isTooSmall()).isFalse();
  }

  @Test
  void aFullCacheThatReadsMissIsTooSmall() {
    assertThat(of(99, 900_000, 100_000).isTooSmall()).isTrue();
  }

  @Test
  void aFewReadsSayNothing() {
    assertThat(of(100, 10, 1000).isTooSmall()).isFalse();
  }

  private static Status.RocksDb of(long usedMb, long hits, long misses) {
    return new Status.RocksDb(1000 * MIB, 100 * MIB, usedMb * MIB, 1, hits, misses);
  }
}
