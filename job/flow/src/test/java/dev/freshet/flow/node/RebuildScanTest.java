package dev.freshet.flow.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RebuildScanTest {
  private static final int ROWS = 10_000;

  private final List<Key> rows =
      IntStream.range(0, ROWS).mapToObj(i -> Key.of((long) (i % 3), (long) i, "row")).toList();
  private int passes;

  private RebuildScan scan(Set<Long> nodes, int most) {
    return new RebuildScan(
        7,
        nodes,
        () -> {
          passes++;
          return rows.stream();
        },
        most);
  }

  private static List<Key> all(RebuildScan scan) {
    List<Key> all = new ArrayList<>();
    for (Key key = scan.next(); key != null; key = scan.next()) {
      all.add(key);
    }
    return all;
  }

  @Test
  void returnsEachRowOnceInOnePassIfTheKeysFit() {
    RebuildScan scan = scan(Set.of(0L, 2L), ROWS);
    assertThat(scan.isDone()).isFalse();
    assertThat(all(scan))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            rows.stream().filter(row -> row.firstLong() != 1).toList());
    assertThat(passes).isEqualTo(1);
    assertThat(scan.isDone()).isTrue();
    assertThat(scan.sent()).isEqualTo(scan.total());
  }

  @Test
  void returnsEachRowOnceInAsManyPassesAsMemoryRequires() {
    RebuildScan scan = scan(Set.of(0L, 1L, 2L), 100);
    assertThat(scan.total()).isEqualTo(ROWS);
    assertThat(all(scan)).hasSize(ROWS).doesNotHaveDuplicates();
    assertThat(passes).isBetween(ROWS / 100, 4 * ROWS / 100);
  }

  @Test
  void insertedAndDeletedRowsDoNotDisturbTheScan() {
    List<Key> changing = new ArrayList<>(rows);
    RebuildScan scan = new RebuildScan(7, Set.of(0L, 1L, 2L), changing::stream, 100);
    Set<Key> given = new LinkedHashSet<>();
    given.add(scan.next());
    Key gone = changing.remove(ROWS - 1);
    for (int i = ROWS; i < ROWS + 50; i++) {
      changing.add(Key.of(1L, (long) i, "new"));
    }
    given.addAll(all(scan));
    rows.stream().filter(row -> !row.equals(gone)).forEach(row -> assertThat(given).contains(row));
  }

  @Test
  void withoutRowsItIsDoneAtOnce() {
    RebuildScan scan = scan(Set.of(9L), 100);
    assertThat(scan.isDone()).isTrue();
    assertThat(scan.next()).isNull();
  }
}
