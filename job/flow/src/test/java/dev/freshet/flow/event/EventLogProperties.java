package dev.freshet.flow.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.event.EventLog.State;
import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Generated topics, read in generated interleavings by attempts that crash and resume, and written
 * to a store of several parts, each of which may be behind. The model keeps for each progress that
 * a part ever had the records that it stands for.
 */
class EventLogProperties {
  private static final int HISTORIES = 5000;

  private static int resumed;
  private static int withheld;

  @Test
  void whatReadersSawNeverGoesBack() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      try {
        new History(new Random(seed)).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(resumed).isGreaterThan(HISTORIES);
    assertThat(withheld).as("how often a crash left the store ahead").isGreaterThan(HISTORIES / 2);
  }

  private static final class History {
    private final Random random;

    /** For each partition the offsets that it has; some are missing, as after compaction. */
    private final List<List<Long>> partitions = new ArrayList<>();

    /**
     * What the store has ever had: a number, and for it the number of records of each partition.
     */
    private final TreeMap<Long, List<Integer>> seen = new TreeMap<>();

    /** The parts of the store: a state, and the number of records of each partition. */
    private final List<Stored> store = new ArrayList<>();

    private record Stored(State state, List<Integer> records) {}

    private record Checkpoint(State state, List<Integer> records) {}

    History(Random random) {
      this.random = random;
      for (int p = 0; p <= random.nextInt(4); p++) {
        List<Long> offsets = new ArrayList<>();
        long offset = random.nextInt(3);
        for (int i = random.nextInt(15); i > 0; i--) {
          offsets.add(offset);
          offset += random.nextInt(5) == 0 ? 2 : 1;
        }
        partitions.add(offsets);
      }
      for (int i = 0; i <= random.nextInt(3); i++) {
        store.add(new Stored(State.NONE, none()));
      }
    }

    private List<Integer> none() {
      return new ArrayList<>(partitions.stream().map(each -> 0).toList());
    }

    void run() {
      Checkpoint checkpoint = new Checkpoint(State.NONE, none());
      for (int attempts = random.nextInt(6); attempts > 0; attempts--) {
        checkpoint = attempt(checkpoint, random.nextInt(20));
      }
      attempt(checkpoint, Integer.MAX_VALUE);
      List<Integer> all = partitions.stream().map(List::size).toList();
      for (Stored part : store) {
        assertThat(part.records()).as("in the end the store has everything").isEqualTo(all);
      }
    }

    /** Reads some records, and returns the last checkpoint. */
    private Checkpoint attempt(Checkpoint from, int steps) {
      Checkpoint checkpoint = from;
      State stored = State.NONE;
      for (Stored part : store) {
        stored = stored.union(part.state());
      }
      resumed++;
      EventLog log = new EventLog(from.state(), stored);
      withheld += log.isCatchingUp() ? 1 : 0;
      List<Integer> read = new ArrayList<>(from.records());
      Map<Long, Stored> progress = new TreeMap<>();
      long version = Math.max(from.state().number(), stored.number());
      for (int step = 0; step < steps; step++) {
        int partition = random.nextInt(partitions.size());
        int index = read.get(partition);
        if (index < partitions.get(partition).size()) {
          long offset = partitions.get(partition).get(index);
          long next = log.add(new RecordPosition("t", partition, offset));
          assertThat(next).as("versions grow").isGreaterThan(version);
          version = next;
          read.set(partition, index + 1);
        } else if (isAllRead(read)) {
          pass(log, read, progress);
          flush(progress, true);
          return checkpoint;
        }
        if (random.nextInt(3) == 0) {
          pass(log, read, progress);
        }
        if (random.nextInt(3) == 0) {
          flush(progress, false);
        }
        if (random.nextInt(8) == 0) {
          assertThat(log.positions()).isEqualTo(positions(read));
          checkpoint = new Checkpoint(log.state(), List.copyOf(read));
        }
      }
      return checkpoint;
    }

    private boolean isAllRead(List<Integer> read) {
      for (int p = 0; p < partitions.size(); p++) {
        if (read.get(p) < partitions.get(p).size()) {
          return false;
        }
      }
      return true;
    }

    private Positions positions(List<Integer> read) {
      Map<RecordPosition.Partition, Long> next = new HashMap<>();
      for (int p = 0; p < partitions.size(); p++) {
        if (read.get(p) > 0) {
          next.put(
              new RecordPosition.Partition("t", p), partitions.get(p).get(read.get(p) - 1) + 1);
        }
      }
      return Positions.of(next);
    }

    private void pass(EventLog log, List<Integer> read, Map<Long, Stored> progress) {
      OptionalLong passed = log.progress();
      if (passed.isPresent()) {
        long number = passed.getAsLong();
        progress.put(number, new Stored(new State(number, log.positions()), List.copyOf(read)));
      }
    }

    /** Some parts of the store take one of the watermarks that were sent, or all the last one. */
    private void flush(Map<Long, Stored> progress, boolean all) {
      List<Stored> sent = List.copyOf(progress.values());
      for (int part = 0; part < store.size() && !sent.isEmpty(); part++) {
        Stored to = sent.get(all ? sent.size() - 1 : random.nextInt(sent.size()));
        Stored before = store.get(part);
        // A writer waits until it has passed what its part had when it opened.
        if (to.state().number() > before.state().number() && (all || random.nextBoolean())) {
          assertThat(isWithin(before.records(), to.records())).as("a part goes back").isTrue();
          store.set(part, to);
          see(to);
        }
      }
    }

    private void see(Stored now) {
      long number = now.state().number();
      List<Integer> same = seen.putIfAbsent(number, now.records());
      assertThat(same == null || same.equals(now.records())).as("one set a number").isTrue();
      Map.Entry<Long, List<Integer>> lower = seen.lowerEntry(number);
      assertThat(lower == null || isWithin(lower.getValue(), now.records()))
          .as("progress %d after %s", number, lower)
          .isTrue();
      Map.Entry<Long, List<Integer>> higher = seen.higherEntry(number);
      assertThat(higher == null || isWithin(now.records(), higher.getValue()))
          .as("progress %d before %s", number, higher)
          .isTrue();
    }

    private static boolean isWithin(List<Integer> some, List<Integer> more) {
      for (int i = 0; i < some.size(); i++) {
        if (some.get(i) > more.get(i)) {
          return false;
        }
      }
      return true;
    }
  }
}
