package dev.freshet.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class VerifierTest {
  private static final int SEEDS = 3000;
  private static final int KEYS = 5;
  private static final int ENTRIES = 3;
  private static final Key FIRST = Key.of(0L);
  private static final Key STANDING = Key.of(99L);

  /** Entries come, go and change, and often come back to what they were. */
  private static final ModelWorld.Write ANY =
      (rows, random) -> {
        Map<Key, Row> key = rows.get(Key.of((long) random.nextInt(KEYS)));
        Key entry = Key.of((long) random.nextInt(ENTRIES));
        int value = random.nextInt(3);
        if (value == 2) {
          key.remove(entry);
        } else {
          key.put(entry, row(value));
        }
      };

  /** One entry comes and goes with every transaction. */
  private static final ModelWorld.Write BACK_AND_FORTH =
      (rows, random) -> {
        Key entry = Key.of(0L);
        if (rows.get(FIRST).remove(entry) == null) {
          rows.get(FIRST).put(entry, row(0));
        }
      };

  private static Row row(long value) {
    return new Row(new Object[] {value, new byte[] {1}});
  }

  private static List<Key> keys() {
    List<Key> keys = new ArrayList<>();
    for (long i = 0; i < KEYS; i++) {
      keys.add(Key.of(i));
    }
    return keys;
  }

  private static ModelWorld world(ModelWorld.Write write, int busy, long seed) {
    ModelWorld world = new ModelWorld(keys(), write, busy, Set.of(), seed);
    world.pass(20);
    return world;
  }

  private static Map<Key, Outcome> verify(ModelWorld world) {
    return new Verifier(world, world, round -> {}).verify(keys());
  }

  @Test
  void noRaceIsAFalseAlarm() {
    int verified = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      int busy = new Random(seed).nextInt(6);
      Map<Key, Outcome> outcomes = verify(world(seed % 2 == 0 ? ANY : BACK_AND_FORTH, busy, seed));
      assertThat(outcomes).as("seed %d", seed).hasSize(KEYS);
      assertThat(outcomes.values())
          .as("seed %d", seed)
          .noneMatch(outcome -> outcome instanceof Outcome.Mismatched);
      verified += (int) outcomes.values().stream().filter(new Outcome.Verified()::equals).count();
    }
    assertThat(verified).as("decided").isGreaterThan(SEEDS * KEYS * 98 / 100);
  }

  @Test
  void aPermanentDifferenceIsFoundHoweverBusyItsKeyIs() {
    for (long next = 0; next < SEEDS; next++) {
      long seed = next;
      Random random = new Random(seed);
      ModelWorld world = world(ANY, random.nextInt(6), seed);
      Key key = Key.of((long) random.nextInt(KEYS));
      world.corrupt(key, STANDING, Optional.of(row(seed)));

      Map<Key, Outcome> outcomes = verify(world);

      assertThat(outcomes.get(key))
          .as("seed %d", seed)
          .isInstanceOfSatisfying(
              Outcome.Mismatched.class,
              found ->
                  assertThat(found.differences())
                      .containsOnly(
                          Map.entry(
                              STANDING, new Difference(Optional.of(row(seed)), Optional.empty()))));
      outcomes.remove(key);
      assertThat(outcomes.values())
          .as("seed %d", seed)
          .noneMatch(outcome -> outcome instanceof Outcome.Mismatched);
    }
  }

  @Test
  void anIdleSourceTakesOneRoundAndTwoForADifference() {
    ModelWorld world = world(ANY, 0, 1);
    assertThat(verify(world).values()).containsOnly(new Outcome.Verified());
    assertThat(world.rounds()).isEqualTo(1);

    Key entry = present(world);
    for (Optional<Row> wrong : List.of(Optional.of(row(7)), Optional.<Row>empty())) {
      Optional<Row> right = world.row(FIRST, entry);
      world.corrupt(FIRST, entry, wrong);
      int before = world.rounds();
      assertThat(verify(world).get(FIRST))
          .isInstanceOfSatisfying(
              Outcome.Mismatched.class,
              found ->
                  assertThat(found.differences())
                      .containsOnly(Map.entry(entry, new Difference(wrong, right))));
      assertThat(world.rounds() - before).isEqualTo(Verifier.PROVEN);
    }
  }

  private static Key present(ModelWorld world) {
    return LongStream.range(0, ENTRIES)
        .mapToObj(Key::of)
        .filter(entry -> world.row(FIRST, entry).isPresent())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aTransientDifferenceIsNoMismatch() {
    ModelWorld world = world(ANY, 0, 1);
    world.corrupt(FIRST, STANDING, Optional.of(row(7)));
    Map<Key, Outcome> outcomes = new Verifier(world, world, round -> world.mend()).verify(keys());
    assertThat(outcomes.values()).containsOnly(new Outcome.Verified());
    assertThat(world.rounds()).isEqualTo(2);
  }

  @Test
  void aKeyThatIsNotServedIsNotCompared() {
    ModelWorld world = new ModelWorld(keys(), ANY, 0, Set.of(FIRST), 1);
    world.corrupt(FIRST, STANDING, Optional.of(row(7)));
    assertThat(verify(world)).containsEntry(FIRST, new Outcome.NotServed(ModelWorld.INVALID));
  }

  @Test
  void aStalledStoreIsReportedInTheFirstRound() {
    ModelWorld world = world(ANY, 3, 1);
    world.stall();
    assertThat(verify(world).values())
        .hasSize(KEYS)
        .allMatch(
            outcome ->
                outcome instanceof Outcome.Inconclusive open
                    && open.why().startsWith("the store did not reach binlog."));
    assertThat(world.rounds()).isEqualTo(1);
  }
}
