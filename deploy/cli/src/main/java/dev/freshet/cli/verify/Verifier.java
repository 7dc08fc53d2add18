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
 * <p>A round reads the keys from the store ({@code A1}, each with the progress {@code p1} of its
 * range), waits until MySQL has executed {@code p1}, reads MySQL's answers in a snapshot ({@code
 * M}) that contains nothing after a binlog position {@code H}, waits until the store has reached
 * {@code H}, and reads the store again ({@code A2}). So {@code M} is a state between {@code A1} and
 * {@code A2}:
 *
 * <ul>
 *   <li>{@code A1 = M = A2}: verified.
 *   <li>An entry that is the same in {@code A1} and {@code A2} but differs in {@code M} is suspect.
 *   <li>Any other entry has changed meanwhile, and is not decided in this round.
 * </ul>
 *
 * <p>A suspect entry may have changed and changed back between the two reads. If the store has the
 * same transactions in both reads, that is impossible: {@code M} is the state after exactly these
 * transactions, and the difference is an error of the projection. Otherwise chance would have to
 * produce the same three states again in each round. So a difference is a mismatch if it is the
 * same for {@value #PROVEN} rounds, the last of them without a transaction, or for {@value
 * #AGREEING} rounds with pauses of random length. A round with another result clears the suspicion.
 *
 * <p>A key that is not decided after {@value #ROUNDS} rounds is inconclusive; so is every key of a
 * round in which one side does not reach the other's position in time. Keys that are not served
 * from the projection are not compared. Keeps the answers of one call in memory. Not thread-safe.
 */
final class Verifier {
  /** The number of rounds after which a key is given up. */
  static final int ROUNDS = 24;

  /**
   * The number of rounds with the same difference, the last of them without a transaction, that
   * prove a mismatch.
   */
  static final int PROVEN = 2;

  /**
   * The number of rounds with the same difference that prove a mismatch, even with transactions.
   */
  static final int AGREEING = 8;

  private final Projection projection;
  private final Source source;
  private final IntConsumer pause;

  /** Differences that stayed the same, and for how many rounds. */
  private record Suspicion(Map<Key, Difference> differences, int rounds) {}

  /**
   * Creates a verifier.
   *
   * @param pause waits for a random time before a round, given its number; round 0 has no pause
   */
  Verifier(Projection projection, Source source, IntConsumer pause) {
    this.projection = projection;
    this.source = source;
    this.pause = pause;
  }

  /** Verifies keys in shared rounds. */
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
    open.forEach(key -> outcomes.put(key, new Outcome.Inconclusive("it changed in every round")));
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
      give(first.keySet(), "MySQL has not executed the store's transactions in time", outcomes);
      return;
    }
    Source.Snapshot snapshot = seen.get();
    Optional<Map<Key, Stored>> reached = projection.readAt(first.keySet(), snapshot.position());
    if (reached.isEmpty()) {
      give(
          first.keySet(),
          "the store did not reach " + Version.print(snapshot.position()),
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

  /** Returns the keys that can be compared, and adds the outcome of the others. */
  private static Map<Key, Served> served(Map<Key, Stored> all, Map<Key, Outcome> outcomes) {
    Map<Key, Served> served = new LinkedHashMap<>();
    all.forEach(
        (key, stored) -> {
          if (stored instanceof Served data) {
            served.put(key, data);
          } else if (stored instanceof NotServed other) {
            outcomes.put(key, new Outcome.NotServed(other.reason()));
          }
        });
    return served;
  }

  private static void give(Collection<Key> keys, String why, Map<Key, Outcome> outcomes) {
    keys.forEach(key -> outcomes.put(key, new Outcome.Inconclusive(why)));
  }

  /** Returns the outcome; null if the key is not decided yet. */
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
          suspicion.differences(), second.version(), first.version(), snapshot.position());
    }
    suspicions.put(key, suspicion);
    return null;
  }

  /** Returns the entries that are the same in both reads but differ in MySQL. */
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
