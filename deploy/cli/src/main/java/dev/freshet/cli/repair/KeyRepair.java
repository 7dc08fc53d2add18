package dev.freshet.cli.repair;

import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.cli.kafka.KafkaAccess;
import dev.freshet.cli.kafka.StreamReader;
import dev.freshet.cli.kafka.StreamWriter;
import dev.freshet.cli.verify.AllKeys;
import dev.freshet.cli.verify.KeyForm;
import dev.freshet.cli.verify.VerifiedView;
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
 * Asks the job that keeps a view to put keys right, and says what comes of each. Only says a line
 * for each key where keys are named; of all keys, for those that are not valid. A server that does
 * not answer is a {@link Failure}. Not safe for several threads.
 */
public final class KeyRepair implements AutoCloseable {
  /** Without a limit of the rate; the keys that may be open bound it. */
  private static final double AT_ONCE = 1e9;

  /** Of keys that come to no good, so many are named. */
  private static final int MOST_NAMED = 20;

  private final Config config;
  private final Consumer<String> said;
  private final Connection postgres;
  private final VerifiedView view;
  private final KeyForm form;
  private final KafkaAccess kafka;
  private final StreamWriter writer;
  private int named;

  private KeyRepair(
      Config config, Consumer<String> said, Connection postgres, String view, KafkaAccess kafka) {
    this.config = config;
    this.said = said;
    this.postgres = postgres;
    this.view = VerifiedView.find(config.store(), postgres, view);
    this.form = new KeyForm(this.view.plan());
    this.kafka = kafka;
    this.writer = new StreamWriter(kafka);
  }

  /**
   * Looks the view up.
   *
   * @param view its name
   * @param said takes lines
   * @throws Failure also when there is no such view, or the job has no streams
   */
  public static KeyRepair open(Config config, String view, Consumer<String> said) {
    KafkaAccess kafka =
        KafkaAccess.of(config)
            .orElseThrow(
                () ->
                    new Failure(
                        "Job %s: it takes no requests, as kafka.bootstrap is empty; set it and submit the job again"
                            .formatted(config.job().name())));
    try {
      Connection postgres = Databases.postgres(config.store());
      try {
        return new KeyRepair(config, said, postgres, view, kafka);
      } catch (RuntimeException e) {
        postgres.close();
        throw e;
      }
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }

  /**
   * The keys of texts such as {@code 42/7}, each once.
   *
   * @throws IllegalArgumentException with one line when one is none
   */
  public Collection<Key> keys(Collection<String> texts) {
    return new LinkedHashSet<>(texts.stream().map(form::parse).toList());
  }

  /**
   * The primary keys of the view's root table, of texts such as {@code 42/7}, each once.
   *
   * @throws IllegalArgumentException with one line when one is none
   */
  public Collection<Key> rows(Collection<String> texts) {
    return new LinkedHashSet<>(texts.stream().map(form::parseRow).toList());
  }

  /** Asks for keys to be repaired, and waits for each so long. */
  public Counts repair(Collection<Key> keys, Duration patience) {
    return named(keys, patience, KeyRequest::repair);
  }

  /** Asks for keys not to be served until they are repaired, and waits for each so long. */
  public Counts invalidate(Collection<Key> keys, Duration patience) {
    return named(keys, patience, KeyRequest::invalidate);
  }

  private Counts named(Collection<Key> keys, Duration patience, Form request) {
    List<Key> left = new ArrayList<>(keys);
    return run(most -> taken(left, most), AT_ONCE, patience, request, this::tell);
  }

  private static List<Key> taken(List<Key> from, int most) {
    List<Key> some = from.subList(0, Math.min(most, from.size()));
    List<Key> taken = List.copyOf(some);
    some.clear();
    return taken;
  }

  /**
   * Asks for every key of either side to be repaired: first those that are not valid, then those of
   * the store, then those that only MySQL has.
   *
   * @param rate keys a second
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
      return run(source, rate, patience, KeyRequest::repair, this::tellTheBad);
    } catch (SQLException e) {
      throw Databases.failed("Source " + config.source(), e);
    }
  }

  /** Asks for single rows; the job says nothing of these. */
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
      BiConsumer<Key, KeyOutcome> told) {
    if (patience.isZero()) {
      return run(keys, rate, patience, new Asking(request, Optional.empty()), told);
    }
    // From before the first request, so that nothing is missed.
    try (StreamReader states = StreamReader.fromEnd(kafka, Stream.INVALIDATION)) {
      return run(keys, rate, patience, new Asking(request, Optional.of(states)), told);
    }
  }

  private Counts run(
      RepairRun.Source keys,
      double rate,
      Duration patience,
      Asking job,
      BiConsumer<Key, KeyOutcome> told) {
    return new RepairRun(
            job, this::stateKey, System::nanoTime, told, counts -> said.accept(counts.print()))
        .run(keys, rate, patience);
  }

  /** By way of Kafka. */
  private final class Asking implements RepairRun.Job {
    private final Form request;
    private final Optional<StreamReader> states;

    Asking(Form request, Optional<StreamReader> states) {
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
    public List<InvalidationMessage> heard(Duration patience) {
      if (states.isEmpty()) {
        LockSupport.parkNanos(patience.toNanos());
        return List.of();
      }
      List<InvalidationMessage> heard = new ArrayList<>();
      for (StreamWriter.Message message : states.get().poll(patience)) {
        try {
          heard.add(InvalidationMessage.read(message.value()));
        } catch (IllegalArgumentException e) {
          // Of a format of another time: nothing that this job says now.
        }
      }
      return List.copyOf(heard);
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

  private void tell(Key key, KeyOutcome outcome) {
    String subject = "key " + form.print(key) + ": ";
    if (outcome instanceof KeyOutcome.Valid valid) {
      said.accept(subject + "repaired, VALID at " + valid.version());
    } else if (outcome instanceof KeyOutcome.StillInvalid invalid) {
      said.accept(subject + "still INVALID, " + invalid.reason() + ", at " + invalid.version());
    } else if (outcome instanceof KeyOutcome.Invalidated invalidated) {
      said.accept(subject + "INVALID at " + invalidated.version() + " until it is repaired");
    } else {
      said.accept(subject + "nothing heard");
    }
  }

  private void tellTheBad(Key key, KeyOutcome outcome) {
    boolean bad =
        outcome instanceof KeyOutcome.StillInvalid || outcome instanceof KeyOutcome.Unheard;
    if (bad && named++ < MOST_NAMED) {
      tell(key, outcome);
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
