package dev.freshet.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KeyTest {
  @Test
  void successiveNumbersHaveDifferentHashes() {
    long hashes =
        LongStream.range(0, 100_000).map(id -> Key.of(1L, id).hashCode()).distinct().count();
    assertThat(hashes).isGreaterThan(99_000);
  }

  @Test
  void hashesNeverChange() {
    assertThat(Key.of("inbox", 42L, 3L).hashCode()).isEqualTo(-1865776771);
  }
}
