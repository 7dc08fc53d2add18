package dev.freshet.cli.repair;

import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.cli.kafka.KafkaAccess;
import dev.freshet.cli.kafka.StreamReader;
import dev.freshet.cli.kafka.StreamWriter;
import dev.freshet.cli.verify.ActiveView;
import dev.freshet.cli.verify.AllKeys;
import dev.freshet.cli.verify.KeyForm;
import dev.freshet.config.Config;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.stream.InvalidationMessage;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.Stream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Requests the job of a view to repair keys, and prints the results. For given keys it prints a
 * line for each; for all keys only for those that are not valid afterwards. Throws {@link Failure}
 * if a server does not answer. Not thread-safe.
 */
public final class KeyRepair implements AutoCloseable {
  /** A rate without a limit; the number of open keys limits it. */
  private static final double AT_ONCE = 1e9;

  /** The maximum number of keys without success that are printed. */
  private static final int MOST_NAMED = 20;

  private final Config config;
  private final Consumer<String> out;
  private final Connection postgres;
  private final ActiveView view;
  private final KeyForm form;
  private final KafkaAccess kafka;
  private final StreamWriter writer;
  private int named;

  private KeyRepair(
      Config config, Consumer<String> out, Connection postgres, String view, KafkaAccess kafka) {
    this.config = config;
    this.out = out;
    this.postgres = postgres;
    this.view = ActiveView.find(config.store(), postgres, view);
    this.form = new KeyForm(this.view.plan());
    this.kafka = kafka;
    this.writer = new StreamWriter(kafka);
  }

  /**
   * Looks up the view and connects.
   *
   * @param view the name of the view
   * @param out receives lines for the user
   * @throws Failure also if there is no such view, or the job has no streams
   */
  public static KeyRepair open(Config config, String view, Consumer<String> out) {
    KafkaAccess kafka =
        KafkaAccess.of(config)
            .orElseThrow(
                () ->
                    new Failure(
                        "Job %s: it takes no requests, because kafka.bootstrap is empty; set it and submit the job again"
                            .formatted(config.job().name())));
    try {
      Connection postgres = Databases.postgres(config.store());
      try {
        return new KeyRepair(config, out, postgres, view, kafka);
      } catch (RuntimeException e) {
        postgres.close();
        throw e;
      }
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }

  /**
   * Parses keys such as {@code 42/7}; duplicates are removed.
   *
   * @throws IllegalArgumentException with one line if a key is malformed
   */
  public Collection<Key> keys(Collection<String> texts) {
    return new LinkedHashSet<>(texts.stream().map(form::parse).toList());
  }

  /**
   * Parses primary keys of the view's root table such as {@code 42/7}; duplicates are removed.
   *
   * @throws IllegalArgumentException with one line if a key is malformed
   */
  public Collection<Key> rows(Collection<String> texts) {
    return new LinkedHashSet<>(texts.stream().map(form::parseRow).toList());
  }

  /** Requests the repair of keys, and waits for the result of each for the given time at most. */
  public Counts repair(Collection<Key> keys, Duration patience) {
    return named(keys, patience, KeyRequest::repair);
  }

  /**
   * Requests the invalidation of keys until they are repaired, and waits for the result of each for
   * the given time at most.
   */
  public Counts invalidate(Collection<Key> keys, Duration patience) {
    return named(keys, patience, KeyRequest::invalidate);
  }

  private Counts named(Collection<Key> keys, Duration patience, Form request) {
    List<Key> left = new ArrayList<>(keys);
    return run(most -> taken(left, most), AT_ONCE, patience, request, this::print);
  }

  private static List<Key> taken(List<Key> from, int most) {
    List<Key> some = from.subList(0, Math.min(most, from.size()));
    List<Key> taken = List.copyOf(some);
    some.clear();
    return taken;
  }

  /**
   * Requests the repair of all keys: first the invalid ones, then the others of the store, then
   * those that only MySQL has.
   *
   * @param rate keys per second
   * @param patience how long to wait for the result of each key
   */
  public Counts repairAll(double rate, Duration patience) {
    try (Connection mysql = AllKeys.mysql(config.source())) {
      AllKeys all = AllKeys.of(config, postgres, mysql, view);
      Set<Key> invalid = all.invalid();
      List<Key> first = new ArrayList<>(invalid);
      RepairRun.Source source =
          most -> {
            if (!first.isEmpty()) {
              return taken(first, most);
            }
            List<Key> next = new ArrayList<>(all.next(most));
            while (!next.isEmpty() && invalid.containsAll(next)) {
              next = new ArrayList<>(all.next(most));
            }
            next.removeAll(invalid);
            return next;
          };
      return run(source, rate, patience, KeyRequest::repair, this::printIfFailed);
    } catch (SQLException e) {
      throw Databases.failed("Source " + config.source(), e);
    }
  }

  /** Requests the repair of single rows; the job sends no results for these. */
  public void repairRows(Collection<Key> rows) {
    Instant at = Instant.now();
    send(
        rows.stream()
            .map(row -> KeyRequest.repairRow(view.job(), view.plan(), row.values(), at))
            .toList());
  }

  private interface Form {
    KeyRequest of(String job, ViewPlan view, Object[] key, Instant at);
  }

  private Counts run(
      RepairRun.Source keys,
      double rate,
      Duration patience,
      Form request,
      BiConsumer<Key, KeyOutcome> results) {
    if (patience.isZero()) {
      return run(keys, rate, patience, new Requests(request, Optional.empty()), results);
    }
    // Starts before the first request, so that no result is missed.
    try (StreamReader states = StreamReader.fromEnd(kafka, Stream.INVALIDATION)) {
      return run(keys, rate, patience, new Requests(request, Optional.of(states)), results);
    }
  }

  private Counts run(
      RepairRun.Source keys,
      double rate,
      Duration patience,
      Requests job,
      BiConsumer<Key, KeyOutcome> results) {
    return new RepairRun(
            job, this::stateKey, System::nanoTime, results, counts -> out.accept(counts.print()))
        .run(keys, rate, patience);
  }

  /** Sends requests and receives results with Kafka. */
  private final class Requests implements RepairRun.Job {
    private final Form request;
    private final Optional<StreamReader> states;

    Requests(Form request, Optional<StreamReader> states) {
      this.request = request;
      this.states = states;
    }

    @Override
    public void ask(List<Key> keys) {
      Instant at = Instant.now();
      send(
          keys.stream().map(key -> request.of(view.job(), view.plan(), key.values(), at)).toList());
    }

    @Override
    public List<InvalidationMessage> receive(Duration patience) {
      if (states.isEmpty()) {
        LockSupport.parkNanos(patience.toNanos());
        return List.of();
      }
      List<InvalidationMessage> messages = new ArrayList<>();
      for (StreamWriter.Message message : states.get().poll(patience)) {
        try {
          messages.add(InvalidationMessage.read(message.value()));
        } catch (IllegalArgumentException e) {
          // A message of another version's format is not a result of this job.
        }
      }
      return List.copyOf(messages);
    }
  }

  private void send(List<KeyRequest> requests) {
    writer.send(
        Stream.REQUESTS,
        requests.stream()
            .map(request -> new StreamWriter.Message(request.kafkaKey(), request.toJson()))
            .toList());
  }

  private String stateKey(Key key) {
    return text(
        InvalidationMessage.of(
                view.job(),
                view.plan(),
                view.plan().viewKeyOf(key.values()),
                null,
                Version.of(0, 1, 4),
                Instant.EPOCH)
            .kafkaKey());
  }

  static String text(byte[] kafkaKey) {
    return new String(kafkaKey, StandardCharsets.UTF_8);
  }

  private void print(Key key, KeyOutcome outcome) {
    String subject = "key " + form.print(key) + ": ";
    if (outcome instanceof KeyOutcome.Valid valid) {
      out.accept(subject + "repaired, VALID at " + valid.version());
    } else if (outcome instanceof KeyOutcome.StillInvalid invalid) {
      out.accept(subject + "still INVALID, " + invalid.reason() + ", at " + invalid.version());
    } else if (outcome instanceof KeyOutcome.Invalidated invalidated) {
      out.accept(subject + "INVALID at " + invalidated.version() + " until it is repaired");
    } else {
      out.accept(subject + "no result");
    }
  }

  private void printIfFailed(Key key, KeyOutcome outcome) {
    boolean failed =
        outcome instanceof KeyOutcome.StillInvalid || outcome instanceof KeyOutcome.NoResult;
    if (failed && named++ < MOST_NAMED) {
      print(key, outcome);
    }
  }

  @Override
  public void close() {
    writer.close();
    try {
      postgres.close();
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }
}
