package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Generated binlogs, cut into batches at random, read with crashes and restores in between; what
 * {@link LogClock} promises is checked over what was kept.
 */
class LogClockProperties {
  private static final int HISTORIES = 3000;
  private static final int GAP = 6;

  /** A group of the binlog: a transaction with changes, or a statement without any. */
  private record Group(long begin, long end, int changes) {}

  /** What capture sends. */
  private sealed interface Sent {
    record Row(long version, long order) implements Sent {}

    record Injected(long version) implements Sent {}

    record Passed(long version) implements Sent {}
  }

  private static int injections;

  @Test
  void whatIsKeptOverCrashesIsInOrderWholeAndStopsWhereItStoppedBefore() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      try {
        new History(new Random(seed)).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(injections).isGreaterThan(HISTORIES);
  }

  private static final class History {
    private final Random random;
    private final List<Group> binlog = new ArrayList<>();
    private final TreeSet<Long> ends = new TreeSet<>();
    private final long highestChunk;

    /** What left in any attempt: all of it may be progress in the store. */
    private final TreeSet<Long> flushed = new TreeSet<>();

    History(Random random) {
      this.random = random;
      long place = 100;
      for (int i = 0; i < 5 + random.nextInt(40); i++) {
        long begin = place + GAP + random.nextInt(5);
        place = begin + 1 + random.nextInt(50);
        binlog.add(new Group(begin, place, random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(6)));
        ends.add(place);
      }
      highestChunk = binlog.get(random.nextInt(binlog.size())).end();
    }

    void run() {
      List<Sent> kept = new ArrayList<>();
      LogClock.State state = null;
      int group = 0;
      int change = 0;
      long last = ends.last();
      while (true) {
        // One attempt, from the checkpoint to a crash or the end of the binlog.
        List<Sent> sent = new ArrayList<>();
        LogClock clock = new LogClock(GAP);
        LogClock.Watermarks out =
            (version, gtids) -> {
              sent.add(new Sent.Passed(version));
              assertThat(gtids).as("GTIDs at %d", version).isEqualTo(gtidsAt(endAt(version)));
            };
        TreeSet<Long> stops =
            new TreeSet<>(flushed.tailSet(state == null ? 0 : state.watermark(), false));
        stops.removeIf(stop -> random.nextInt(4) == 0);
        clock.stopAt(stops);
        if (state != null) {
          List<Long> again = new ArrayList<>();
          clock.restore(state, again::add, out);
          assertThat(again).isEqualTo(passedBelow(kept, state.watermark()));
          if (state.watermark() > 0) {
            assertThat(sent).containsExactly(new Sent.Passed(state.watermark()));
          }
        }
        clock.snapshotDone(highestChunk);
        int g = group;
        int c = change;
        boolean crashed = false;
        int checkpointed = 0;
        while (g < binlog.size() && !crashed) {
          for (int size = 1 + random.nextInt(12); size > 0 && g < binlog.size(); size--) {
            Group at = binlog.get(g);
            if (c < at.changes()) {
              clock.change(at.begin(), out);
              sent.add(new Sent.Row(at.begin(), clock.nextOrder(at.begin())));
              c++;
            } else {
              clock.boundary(at.end(), gtidsAt(at.end()), out);
              g++;
              c = 0;
            }
          }
          clock.batchEnd(out);
          long complete = g == 0 ? 0 : binlog.get(g - 1).end();
          if (complete >= highestChunk) {
            assertThat(clock.position()).as("all complete is passed").isEqualTo(complete);
            assertThat(clock.watermark()).isBetween(complete, complete + GAP - 1);
          }
          while (clock.injectAt() > 0 && random.nextInt(3) > 0) {
            assertThat(c).as("changes of an open transaction").isZero();
            sent.add(new Sent.Injected(clock.injectAt()));
            clock.injected(out);
          }
          if (random.nextInt(5) == 0) {
            state = clock.state();
            group = g;
            change = c;
            checkpointed = sent.size();
          }
          crashed = random.nextInt(8) == 0;
        }
        check(sent, stops, g == 0 ? 0 : binlog.get(g - 1).end());
        for (Sent each : sent) {
          if (each instanceof Sent.Passed passed) {
            flushed.add(passed.version());
          }
        }
        if (!crashed) {
          kept.addAll(sent);
          break;
        }
        kept.addAll(sent.subList(0, checkpointed));
      }
      checkWhole(kept);
      assertThat(flushed.last()).isGreaterThanOrEqualTo(last);
    }

    /** One attempt: nothing late, watermarks grow, lie at ends, and hit every stop. */
    private void check(List<Sent> sent, NavigableSet<Long> stops, long complete) {
      long watermark = 0;
      TreeSet<Long> passed = new TreeSet<>();
      for (Sent each : sent) {
        if (each instanceof Sent.Row row) {
          assertThat(row.version()).isGreaterThan(watermark);
        } else if (each instanceof Sent.Injected injected) {
          assertThat(injected.version()).isEqualTo(watermark + 1);
          injections++;
        } else if (each instanceof Sent.Passed next) {
          assertThat(next.version()).isGreaterThan(watermark).isGreaterThanOrEqualTo(highestChunk);
          assertThat(next.version() - endAt(next.version())).isBetween(0L, GAP - 1L);
          watermark = next.version();
          passed.add(watermark);
        }
      }
      assertThat(passed).containsAll(stops.headSet(complete, true));
    }

    /** Over all attempts: every change once, in order, no transaction cut by a watermark. */
    private void checkWhole(List<Sent> kept) {
      Map<Long, Integer> rows = new HashMap<>();
      Map<Long, Long> orders = new HashMap<>();
      long watermark = 0;
      for (Sent each : kept) {
        if (each instanceof Sent.Row row) {
          assertThat(row.version()).as("late after %d", watermark).isGreaterThan(watermark);
          rows.merge(row.version(), 1, Integer::sum);
          Long before = orders.put(row.version(), row.order());
          assertThat(before == null || before < row.order()).isTrue();
        } else if (each instanceof Sent.Passed passed) {
          assertThat(passed.version()).isGreaterThanOrEqualTo(watermark);
          watermark = passed.version();
        }
      }
      for (Group group : binlog) {
        assertThat(rows.getOrDefault(group.begin(), 0)).isEqualTo(group.changes());
      }
    }

    private long endAt(long version) {
      return ends.floor(version);
    }

    /** As nobody says that the store has reached any, all of them leave again. */
    private static List<Long> passedBelow(List<Sent> sent, long watermark) {
      return sent.stream()
          .filter(Sent.Passed.class::isInstance)
          .map(each -> ((Sent.Passed) each).version())
          .filter(version -> version < watermark)
          .distinct()
          .toList();
    }

    private static String gtidsAt(long version) {
      return "u:1-" + version;
    }
  }
}
