package dev.freshet.cli.verify;

import dev.freshet.cli.verify.Projection.NotServed;
import dev.freshet.cli.verify.Projection.Served;
import dev.freshet.cli.verify.Projection.Stored;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Decides whether projections equal MySQL's answers while both change.
 *
 * <p>A round reads the keys in the store ({@code A1}, each with the progress {@code p1} of its
 * range), lets MySQL execute what {@code p1} has, reads MySQL's own answers in a snapshot ({@code
 * M}) that has nothing beyond a place {@code H}, lets the store come to {@code H}, and reads it
 * again ({@code A2}). So {@code M} is a state between those of the two readings:
 *
 * <ul>
 *   <li>{@code A1 = M = A2}: verified.
 *   <li>An entry that both readings have alike and MySQL has otherwise is suspect.
 *   <li>Anything else changed meanwhile, and says nothing.
 * </ul>
 *
 * <p>A suspect entry may be one that went to another state and came back between the readings.
 * Where the store has the same transactions in both there was no between, and {@code M} is the
 * state of exactly these: the difference is one of the projection. Where it has not, chance would
 * have to catch the entry in the same three states each time. So a difference is a mismatch when it
 * stands, unchanged on both sides, for {@value #PROVEN} rounds of which the last had no
 * transaction, or for {@value #AGREEING} rounds with pauses of random length; whatever contradicts
 * it meanwhile clears it.
 *
 * <p>A key that is not decided after {@value #ROUNDS} rounds is inconclusive; so is every key of a
 * round in which one side does not come to where the other is. Keys that the projection does not
 * vouch for are not compared. Keeps the answers of one call in memory.
 */
final class Verifier {
  /** Rounds until a key is given up. */
  static final int ROUNDS = 24;

  /** Rounds in which a difference stands, the last of them without any transaction. */
  static final int PROVEN = 2;

  /** Rounds in which a difference stands, whatever was written meanwhile. */
  static final int AGREEING = 8;

  private final Projection projection;
  private final Source source;
  private final IntConsumer pause;

  /** Differences that stand, and for how many rounds. */
  private record Suspicion(Map<Key, Difference> differences, int rounds) {}

  /**
   * A verifier between two sides.
   *
   * @param pause waits, for a time of random length, before the round of that number; the first is
   *     0 and comes at once
   */
  Verifier(Projection projection, Source source, IntConsumer pause) {
    this.projection = projection;
    this.source = source;
    this.pause = pause;
  }

  /** Verifies keys, in shared rounds. */
  Map<Key, Outcome> verify(Collection<Key> keys) {
    Map<Key, Outcome> outcomes = new LinkedHashMap<>();
    Map<Key, Suspicion> suspicions = new HashMap<>();
    Set<Key> open = new LinkedHashSet<>(keys);
    for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
      if (round > 0) {
        pause.accept(round);
      }
      round(open, suspicions, outcomes);
      open.removeAll(outcomes.keySet());
    }
    open.forEach(key -> outcomes.put(key, new Outcome.Inconclusive("it changed all the time")));
    return outcomes;
  }

  private void round(Set<Key> open, Map<Key, Suspicion> suspicions, Map<Key, Outcome> outcomes) {
    Map<Key, Served> first = served(projection.read(open), outcomes);
    if (first.isEmpty()) {
      return;
    }
    Set<String> gtids = new HashSet<>();
    first.values().forEach(served -> gtids.add(served.gtids()));
    Optional<Source.Snapshot> seen = source.read(first.keySet(), gtids);
    if (seen.isEmpty()) {
      give(first.keySet(), "MySQL does not have what the store has", outcomes);
      return;
    }
    Source.Snapshot snapshot = seen.get();
    Optional<Map<Key, Stored>> reached = projection.readAt(first.keySet(), snapshot.place());
    if (reached.isEmpty()) {
      give(
          first.keySet(),
          "the store does not come to " + Version.print(snapshot.place()),
          outcomes);
      return;
    }
    served(reached.get(), outcomes)
        .forEach(
            (key, second) -> {
              String problem = snapshot.unreadable().get(key);
              Outcome outcome =
                  problem != null
                      ? new Outcome.Inconclusive(problem)
                      : judge(key, first.get(key), snapshot, second, suspicions);
              if (outcome != null) {
                outcomes.put(key, outcome);
              }
            });
  }

  /** Those that can be compared; the others have their outcome. */
  private static Map<Key, Served> served(Map<Key, Stored> all, Map<Key, Outcome> outcomes) {
    Map<Key, Served> served = new LinkedHashMap<>();
    all.forEach(
        (key, stored) -> {
          if (stored instanceof Served there) {
            served.put(key, there);
          } else if (stored instanceof NotServed not) {
            outcomes.put(key, new Outcome.NotServed(not.reason()));
          }
        });
    return served;
  }

  private static void give(Collection<Key> keys, String why, Map<Key, Outcome> outcomes) {
    keys.forEach(key -> outcomes.put(key, new Outcome.Inconclusive(why)));
  }

  /** The outcome, or null while there is none. */
  private static Outcome judge(
      Key key,
      Served first,
      Source.Snapshot snapshot,
      Served second,
      Map<Key, Suspicion> suspicions) {
    Map<Key, Row> answer = snapshot.answers().get(key);
    if (first.rows().equals(second.rows()) && answer.equals(second.rows())) {
      return new Outcome.Verified();
    }
    Map<Key, Difference> differences = differences(first.rows(), answer, second.rows());
    Suspicion suspicion = suspicion(suspicions.remove(key), differences);
    if (suspicion.differences().isEmpty()) {
      return null;
    }
    boolean proven =
        suspicion.rounds() >= PROVEN
            && first.version() == second.version()
            && first.gtids().equals(second.gtids());
    if (proven || suspicion.rounds() >= AGREEING) {
      return new Outcome.Mismatched(
          suspicion.differences(), second.version(), first.version(), snapshot.place());
    }
    suspicions.put(key, suspicion);
    return null;
  }

  /** Entries that both readings have alike and MySQL has otherwise. */
  private static Map<Key, Difference> differences(
      Map<Key, Row> first, Map<Key, Row> answer, Map<Key, Row> second) {
    Set<Key> entries = new HashSet<>(second.keySet());
    entries.addAll(answer.keySet());
    Map<Key, Difference> differences = new HashMap<>();
    for (Key entry : entries) {
      Optional<Row> before = Optional.ofNullable(first.get(entry));
      Optional<Row> stored = Optional.ofNullable(second.get(entry));
      Optional<Row> mysql = Optional.ofNullable(answer.get(entry));
      if (before.equals(stored) && !stored.equals(mysql)) {
        differences.put(entry, new Difference(stored, mysql));
      }
    }
    return differences;
  }

  private static Suspicion suspicion(Suspicion before, Map<Key, Difference> differences) {
    if (before != null) {
      List<Map.Entry<Key, Difference>> standing = new ArrayList<>(before.differences().entrySet());
      standing.removeIf(entry -> !entry.getValue().equals(differences.get(entry.getKey())));
      if (!standing.isEmpty()) {
        Map<Key, Difference> same = new HashMap<>();
        standing.forEach(entry -> same.put(entry.getKey(), entry.getValue()));
        return new Suspicion(same, before.rounds() + 1);
      }
    }
    return new Suspicion(differences, 1);
  }
}
