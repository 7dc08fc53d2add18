package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.TestSize;
import java.util.Random;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

class KeyGroupsTest {
  @Test
  void theReaderFindsAKeyInTheGroupThatFlinkPutsItIn() {
    long seed = TestSize.seed();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      Key key = Key.of("view", random.nextLong(), Long.toString(random.nextLong(), 36));
      for (int groups : new int[] {1, 8, 128, 32768}) {
        assertThat(KeyGroups.of(key, groups))
            .as("seed %d, key %s", seed, key)
            .isEqualTo(KeyGroupRangeAssignment.assignToKeyGroup(key, groups));
      }
    }
  }
}
