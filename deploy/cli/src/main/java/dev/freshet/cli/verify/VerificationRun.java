package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.cli.kafka.KafkaAccess;
import dev.freshet.cli.kafka.StreamWriter;
import dev.freshet.config.Config;
import dev.freshet.view.Key;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.Stream;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One run of verification: compares keys of a view by a {@link Verifier}, over one connection to
 * MySQL and two to the store. Outcomes are counted, printed, and written to the store. Throws
 * {@link Failure} if a server does not answer. Not thread-safe.
 */
public final class VerificationRun implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(VerificationRun.class.getName());

  /** The maximum number of keys that share a snapshot. */
  private static final int BATCH = 100;

  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(2);
  private static final long SHORTEST_PAUSE = 2_000_000;
  private static final long LONGEST_PAUSE = 250_000_000;

  private final Config config;
  private final Consumer<String> out;
  private final OutcomeCounts counts;
  private final List<Connection> connections;
  private final ActiveView view;
  private final KeyForm form;
  private final OutcomeText text;
  private final MysqlSource mysql;
  private final StoreKeys storeKeys;
  private final MysqlKeys mysqlKeys;
  private final Verifier verifier;
  private final Ledger ledger;
  private final Set<Key> mismatched = new LinkedHashSet<>();
  private String inconclusive = "";
  private long reportedAt = System.nanoTime();
  private final long start = System.nanoTime();

  private VerificationRun(
      Config config,
      String name,
      OutcomeCounts counts,
      Consumer<String> out,
      List<Connection> connections)
      throws SQLException {
    this.config = config;
    this.out = out;
    this.counts = counts;
    this.connections = connections;
    Connection mysqlConnection =
        opened(Databases.mysql(config.source(), MysqlSource.LIMIT.plusSeconds(10)));
    Connection writes = opened(Databases.postgres(config.store()));
    Connection reads = opened(Databases.postgres(config.store()));
    reads.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    reads.setReadOnly(true);
    reads.setAutoCommit(false);
    this.view = ActiveView.find(config.store(), writes, name);
    this.form = new KeyForm(view.plan());
    this.text = new OutcomeText(view.plan());
    this.mysql = new MysqlSource(config.source(), mysqlConnection, view);
    this.storeKeys = new StoreKeys(config.store(), writes, view);
    this.mysqlKeys = new MysqlKeys(mysql, view);
    this.verifier =
        new Verifier(
            new StoreProjection(config.store(), reads, view), mysql, VerificationRun::pause);
    this.ledger = new Ledger(config.store(), writes, view);
  }

  /**
   * Connects to the servers.
   *
   * @param view the name of the view
   * @param counts receives the outcomes
   * @param out receives lines for the user
   */
  public static VerificationRun open(
      Config config, String view, OutcomeCounts counts, Consumer<String> out) {
    List<Connection> connections = new ArrayList<>();
    try {
      return new VerificationRun(config, view, counts, out, connections);
    } catch (SQLException e) {
      close(connections);
      throw new Failure(
          "Verify %s: %s; check that Postgres %s and MySQL %s run"
              .formatted(view, Failure.line(e), config.store(), config.source()),
          e);
    } catch (RuntimeException e) {
      close(connections);
      throw e;
    }
  }

  private Connection opened(Connection connection) {
    connections.add(connection);
    return connection;
  }

  private static void pause(int round) {
    long longest = Math.min(LONGEST_PAUSE, 20_000_000L * round);
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE, longest));
  }

  /**
   * Parses keys such as {@code 42/7}.
   *
   * @throws IllegalArgumentException with one line if a key is malformed
   */
  public List<Key> parse(List<String> texts) {
    return texts.stream().map(form::parse).toList();
  }

  /** Verifies keys. */
  public void keys(Collection<Key> keys) {
    List<Key> all = new ArrayList<>(new LinkedHashSet<>(keys));
    for (int from = 0; from < all.size(); from += BATCH) {
      batch(all.subList(from, Math.min(all.size(), from + BATCH)));
    }
  }

  /**
   * Verifies all keys of the store and MySQL, and the keys that differed before, which may now be
   * in neither.
   */
  public void all() {
    keys(ledger.open());
    AllKeys all = new AllKeys(storeKeys, mysqlKeys, view);
    for (List<Key> keys = all.next(BATCH); !keys.isEmpty(); keys = all.next(BATCH)) {
      batch(keys);
    }
  }

  /**
   * Verifies random keys: half from MySQL and half from the store, or all from the store if the
   * view is populated on read.
   */
  public void sample(int count) {
    Set<Key> keys = new LinkedHashSet<>();
    take(keys, mysqlRandom(count), (count + 1) / 2);
    take(keys, storeKeys.random(4 * count), count);
    keys(keys);
  }

  private List<Key> mysqlRandom(int count) {
    return view.plan().options().onRead() ? List.of() : mysqlKeys.random(count);
  }

  private static void take(Set<Key> keys, List<Key> from, int most) {
    for (Key key : from) {
      if (keys.size() < most) {
        keys.add(key);
      }
    }
  }

  /**
   * Verifies random keys at a rate until {@code stopped} is true: half of them recently written, a
   * quarter from the whole store, and a quarter from MySQL.
   *
   * @param rate keys per second
   */
  public void continuous(double rate, BooleanSupplier stopped) {
    int count = (int) Math.max(1, Math.min(BATCH, Math.round(rate)));
    long due = System.nanoTime();
    while (!stopped.getAsBoolean()) {
      Set<Key> keys = new LinkedHashSet<>();
      int fromMysql = share(count, 4);
      take(keys, mysqlRandom(fromMysql), fromMysql);
      take(keys, storeKeys.random(2 * count), fromMysql + share(count, 4));
      take(keys, storeKeys.recent(count), count);
      batch(List.copyOf(keys));
      // At most one second of delay is made up for.
      due = Math.max(due + (long) (1e9 * count / rate), System.nanoTime() - 1_000_000_000L);
      while (due > System.nanoTime() && !stopped.getAsBoolean()) {
        LockSupport.parkNanos(Math.min(100_000_000L, due - System.nanoTime()));
      }
    }
  }

  /** Returns a part of a count, randomly rounded up or down. */
  private static int share(int count, int parts) {
    return (count + ThreadLocalRandom.current().nextInt(parts)) / parts;
  }

  private void batch(List<Key> keys) {
    if (keys.isEmpty()) {
      return;
    }
    Map<Key, Outcome> outcomes = verifier.verify(keys);
    counts.add(outcomes.values());
    outcomes.forEach(this::print);
    ledger.add(outcomes);
    if (System.nanoTime() - reportedAt > REPORT_INTERVAL.toNanos()) {
      reportedAt = System.nanoTime();
      out.accept(
          "%s … %,.0f keys/s".formatted(counts.print(), counts.all() * 1e9 / (reportedAt - start)));
    }
  }

  /** Prints a mismatch, once for each key, or a new reason why keys are inconclusive. */
  private void print(Key key, Outcome outcome) {
    if (outcome instanceof Outcome.Mismatched found) {
      if (mismatched.add(key)) {
        text.lines(key, found).forEach(out);
      }
    } else if (outcome instanceof Outcome.Verified) {
      mismatched.remove(key);
    } else if (outcome instanceof Outcome.Inconclusive open && !open.why().equals(inconclusive)) {
      inconclusive = open.why();
      out.accept("key %s: inconclusive, %s".formatted(form.print(key), open.why()));
    }
  }

  /** Returns the keys that differed when they were last compared. */
  public List<String> mismatched() {
    return mismatched.stream().map(form::print).toList();
  }

  /** Returns the cost for MySQL so far, in one line. */
  public String cost() {
    MysqlSource.Cost cost = mysql.cost();
    return "MySQL: %,d queries, %,d rows read, %.1f s"
        .formatted(cost.queries(), cost.rowsRead(), cost.seconds());
  }

  /**
   * Requests the job to repair the mismatched keys, and waits until they are verified, for the
   * given time at most.
   *
   * @throws Failure if the job has no streams, or Kafka does not accept the requests
   */
  public void repair(Duration patience) {
    List<Key> asked = List.copyOf(mismatched);
    if (asked.isEmpty()) {
      return;
    }
    KafkaAccess kafka =
        KafkaAccess.of(config)
            .orElseThrow(
                () ->
                    new Failure(
                        "Job %s: it takes no requests, because kafka.bootstrap is empty; set it and submit the job again"
                            .formatted(view.job())));
    Instant at = Instant.now();
    try (StreamWriter writer = new StreamWriter(kafka)) {
      writer.send(
          Stream.REQUESTS,
          asked.stream()
              .map(key -> KeyRequest.repair(view.job(), view.plan(), key.values(), at))
              .map(request -> new StreamWriter.Message(request.kafkaKey(), request.toJson()))
              .toList());
    }
    out.accept("requested the repair of %,d keys".formatted(asked.size()));
    long deadline = System.nanoTime() + patience.toNanos();
    while (!mismatched.isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(LONGEST_PAUSE);
      for (int from = 0; from < asked.size(); from += BATCH) {
        List<Key> open = new ArrayList<>(asked.subList(from, Math.min(asked.size(), from + BATCH)));
        open.retainAll(mismatched);
        if (!open.isEmpty()) {
          Map<Key, Outcome> outcomes = verifier.verify(open);
          outcomes.values().removeIf(outcome -> !(outcome instanceof Outcome.Verified));
          outcomes.keySet().forEach(key -> out.accept("key " + form.print(key) + ": repaired"));
          mismatched.removeAll(outcomes.keySet());
          ledger.add(outcomes);
        }
      }
    }
    mismatched.forEach(key -> out.accept("key " + form.print(key) + ": still differs"));
  }

  @Override
  public void close() {
    close(connections);
  }

  private static void close(List<Connection> connections) {
    for (Connection each : connections) {
      try {
        each.close();
      } catch (SQLException e) {
        LOG.log(Level.DEBUG, "a connection was not closed", e);
      }
    }
  }
}
