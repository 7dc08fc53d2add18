package dev.freshet.sandbox.bench;

import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.cli.verify.ActiveView;
import dev.freshet.cli.verify.AllKeys;
import dev.freshet.cli.verify.KeyForm;
import dev.freshet.config.Config;
import dev.freshet.config.Secret;
import dev.freshet.view.Key;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Measures first the reader and then MySQL, with the same queries. */
public final class Bench {
  private static final int KEYS = 200;
  private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(3);

  private final Config config;
  private final Secret token;
  private final int threads;
  private final Duration counted;
  private final int limit;
  private final Consumer<String> out;

  public Bench(
      Config config, Secret token, int threads, Duration counted, int limit, Consumer<String> out) {
    this.config = config;
    this.token = token;
    this.threads = threads;
    this.counted = counted;
    this.limit = limit;
    this.out = out;
  }

  private interface Making {
    Rounds.Asker asker() throws Exception;
  }

  /**
   * Measures a view.
   *
   * @param keys keys as in the reader's URLs, each measured separately; empty for random keys of
   *     the store
   * @throws IllegalArgumentException with one line if a key is malformed
   */
  public void run(String name, List<String> keys) throws Exception {
    try (Connection postgres = Databases.postgres(config.store())) {
      ActiveView view = ActiveView.find(config.store(), postgres, name);
      KeyForm form = new KeyForm(view.plan());
      out.accept(
          "view %s, pages of %d, %d threads, %d s each after a warm-up of %d s"
              .formatted(name, limit, threads, counted.toSeconds(), warmUp().toSeconds()));
      if (keys.isEmpty()) {
        List<Key> some = some(postgres, view);
        measure(view, some.size() + " keys", some, some.stream().map(form::print).toList());
      }
      List<Rounds.Result> results = new ArrayList<>();
      for (String key : keys) {
        results.add(measure(view, "key " + key, List.of(form.parse(key)), List.of(key)));
      }
      for (int i = 1; i < results.size(); i++) {
        out.accept(
            "reader, key %s beside key %s: p50 %.2f times, p99 %.2f times"
                .formatted(
                    keys.get(i),
                    keys.get(0),
                    results.get(i).percentile(50) / results.get(0).percentile(50),
                    results.get(i).percentile(99) / results.get(0).percentile(99)));
      }
    }
  }

  private Duration warmUp() {
    return counted.compareTo(LONGEST_WARM_UP) < 0 ? counted : LONGEST_WARM_UP;
  }

  private List<Key> some(Connection postgres, ActiveView view) throws SQLException {
    try (Connection mysql = AllKeys.mysql(config.source())) {
      List<Key> keys = AllKeys.of(config, postgres, mysql, view).next(KEYS);
      if (keys.isEmpty()) {
        throw new Failure(
            "View %s: neither the store nor MySQL has a key; give one with --key"
                .formatted(view.plan().view()));
      }
      return keys;
    }
  }

  /** Measures and prints the reader and MySQL; returns the reader's result. */
  private Rounds.Result measure(ActiveView view, String what, List<Key> keys, List<String> texts)
      throws Exception {
    Rounds.Result reader =
        measure(
            keys.size(),
            () ->
                new ReaderAsker(
                    config.reader().url(), token.reveal(), view.plan().view(), texts, limit));
    out.accept("%-12s reader %s".formatted(what, reader.print()));
    Rounds.Result mysql =
        measure(keys.size(), () -> new MysqlAsker(config.source(), view.plan(), keys, limit));
    out.accept("%-12s MySQL  %s".formatted(what, mysql.print()));
    out.accept(
        "%-12s MySQL relative to the reader: queries per second %.2f, p50 %.2f, p99 %.2f"
            .formatted(
                what,
                mysql.perSecond() / reader.perSecond(),
                mysql.percentile(50) / reader.percentile(50),
                mysql.percentile(99) / reader.percentile(99)));
    return reader;
  }

  private Rounds.Result measure(int keys, Making making) throws Exception {
    List<Rounds.Asker> askers = new ArrayList<>();
    try {
      for (int i = 0; i < threads; i++) {
        askers.add(making.asker());
      }
      return Rounds.run(askers, keys, warmUp(), counted);
    } catch (SQLException e) {
      throw Databases.failed("MySQL " + config.source(), e);
    } catch (IOException e) {
      throw new Failure(
          "Reader %s: %s; check that it runs with freshet status"
              .formatted(config.reader().url(), e.getMessage()),
          e);
    } finally {
      for (Rounds.Asker asker : askers) {
        asker.close();
      }
    }
  }
}
