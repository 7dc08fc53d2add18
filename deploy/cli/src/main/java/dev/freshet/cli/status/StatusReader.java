package dev.freshet.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.cli.Memory;
import dev.freshet.cli.explain.Statistics;
import dev.freshet.cli.job.FlinkApi;
import dev.freshet.cli.letters.DeadLetters;
import dev.freshet.cli.letters.LetterText;
import dev.freshet.cli.rebuild.RebuildText;
import dev.freshet.config.Config;
import dev.freshet.servers.RocksDb;
import dev.freshet.store.RebuildsTable;
import dev.freshet.view.stream.FailureMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the status from all servers of a configuration. A server that does not answer becomes a
 * trouble.
 */
public final class StatusReader {
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration HEALTH = Duration.ofSeconds(10);

  private final Config config;
  private final List<String> troubles = new ArrayList<>();
  private Optional<JobStatus> job = Optional.empty();
  private Optional<StoreStatus.Reached> reached = Optional.empty();
  private List<Status.View> views = List.of();
  private Optional<Status.Backlog> backlog = Optional.empty();
  private Optional<List<FailureMessage>> letters = Optional.empty();

  public StatusReader(Config config) {
    this.config = config;
  }

  /** Reads the status. May be called once. */
  public Status read(List<Status.ProcessState> processes) {
    processes.stream()
        .filter(process -> !process.alive())
        .forEach(process -> troubles.add(process.name() + " is dead; its supervisor restarts it"));
    processes.stream()
        .filter(Status.ProcessState::frozen)
        .forEach(
            process ->
                troubles.add(
                    "%s, process %d, was stopped by a signal; kill -CONT %d continues it"
                        .formatted(process.name(), process.pid(), process.pid())));
    Optional<Status.JobState> state = flink();
    boolean running = state.map(Status.JobState::state).orElse("").equals("RUNNING");
    store(running);
    if (running && reached.map(StoreStatus.Reached::handedOver).orElse(false)) {
      age(reached.get().progress());
    }
    Optional<Status.Checkpoint> checkpoint = Optional.empty();
    Optional<Status.Snapshot> snapshot = Optional.empty();
    Optional<Status.RocksDb> rocksDb = Optional.empty();
    if (job.isPresent()) {
      checkpoint = job.get().checkpoint();
      snapshot = snapshot(job.get(), state.map(Status.JobState::state).orElse(""));
    }
    Optional<Status.ReaderState> reader = reader();
    if (running) {
      rocksDb = job.flatMap(JobStatus::rocksDb);
      rocksDb.ifPresent(this::cache);
    }
    return new Status(
        processes,
        state,
        checkpoint,
        rocksDb,
        snapshot,
        reached.map(StoreStatus.Reached::progress),
        views,
        backlog,
        reader,
        troubles);
  }

  private Optional<Status.JobState> flink() {
    try {
      FlinkApi flink = new FlinkApi(config.flink());
      flink.requireSupported();
      Optional<FlinkApi.Listed> newest = flink.jobs(config.job().name()).stream().findFirst();
      if (newest.isEmpty()) {
        troubles.add(
            "Job %s: Flink %s has none; start it with submit or resume"
                .formatted(config.job().name(), flink.url()));
        return Optional.empty();
      }
      job = newest.map(listed -> new JobStatus(flink, listed));
      Status.JobState state = job.get().state();
      if (!state.state().equals("RUNNING")) {
        troubles.add(
            "Job %s: it is %s%s"
                .formatted(
                    state.name(),
                    state.state(),
                    state.lastFailure().map(last -> " (" + last.cause() + ")").orElse("")));
      }
      return Optional.of(state);
    } catch (Failure e) {
      troubles.add(Failure.line(e));
      return Optional.empty();
    }
  }

  private void cache(Status.RocksDb rocksDb) {
    if (rocksDb.isTooSmall()) {
      troubles.add(
          "Job %s: RocksDB's cache, %s in each of %d slots, is full and smaller than the state, %s, so other rows are read from files; increase it with %s or up --rocksdb-memory, or increase --parallelism"
              .formatted(
                  config.job().name(),
                  Memory.print(rocksDb.cacheBytes()),
                  rocksDb.slots(),
                  Memory.print(rocksDb.stateBytes()),
                  RocksDb.MEMORY_PER_SLOT));
    }
  }

  private void store(boolean running) {
    try (StoreStatus store = new StoreStatus(config)) {
      reached = store.progress();
      views = store.views();
      Map<String, String> faults = store.faults();
      views.forEach(view -> invalid(view, Optional.ofNullable(faults.get(view.name()))));
      views.forEach(this::mismatched);
      store.rebuilds().forEach(this::rebuilt);
      List<String> lost = store.lostTopics();
      if (!lost.isEmpty()) {
        troubles.add(
            "Kafka %s: the topics %s were lost before the last start of the job, with their retries and dead letters; invalid keys were repaired"
                .formatted(config.kafka().bootstrap(), lost));
      }
      backlog = store.backlog();
      dead();
      if (!running && reached.isPresent()) {
        troubles.add("Store: it makes no progress while no job is RUNNING");
      }
    } catch (SQLException e) {
      troubles.add(Failure.line(Databases.failed("Store " + config.store(), e)));
    }
  }

  /** Adds a trouble if the store's data is older than the views allow although the job runs. */
  private void age(Status.Progress progress) {
    long freshness = views.stream().mapToLong(Status.View::freshnessMs).min().orElse(0);
    if (freshness == 0 || (progress.lagMs() >= 0 && progress.lagMs() <= freshness)) {
      return;
    }
    String old =
        "Store: MySQL last confirmed it %s, but views allow %.1f s; MySQL answers instead"
            .formatted(
                progress.lagMs() < 0 ? "never" : progress.lagMs() / 1000 + " s ago",
                freshness / 1000.0);
    try (Connection mysql = Databases.mysql(config.source(), ANSWER)) {
      troubles.add(
          old
              + (mysql.isValid((int) ANSWER.toSeconds())
                  ? ". MySQL answers: the job catches up, or its log says why it does not"
                  : ""));
    } catch (SQLException e) {
      troubles.add(old);
      troubles.add(
          "Source %s: it does not answer (%s); start it or repair the connection to it, and the job"
                  .formatted(config.source(), Failure.line(e))
              + " continues automatically");
    }
  }

  private void invalid(Status.View view, Optional<String> fault) {
    if (view.state().equals("INVALID") && fault.isPresent()) {
      troubles.add(
          "View %s: permanently INVALID; MySQL answers all of its keys. %s"
              .formatted(view.name(), fault.get()));
    } else if (view.state().equals("INVALID")) {
      troubles.add(
          "View %s: INVALID, because the keys that a row affects are unknown; MySQL answers all of"
                  .formatted(view.name())
              + " them until the row is corrected"
              + unplaceable(letters(), view.name()));
    }
    view.invalidKeys()
        .forEach(
            (reason, keys) ->
                troubles.add(
                    "View %s: %,d keys INVALID (%s); MySQL answers them until the rows are corrected"
                        .formatted(view.name(), keys, reason)));
  }

  private void rebuilt(RebuildsTable.Rebuild rebuild) {
    troubles.add(
        "View %s: it is being rebuilt from the job's state, and MySQL answers meanwhile (%s); %s"
            .formatted(
                rebuild.view(),
                RebuildText.reason(rebuild),
                RebuildText.progress(rebuild, Instant.now())));
  }

  private void mismatched(Status.View view) {
    List<String> keys = view.verification().map(Status.Verification::open).orElse(List.of());
    if (!keys.isEmpty()) {
      troubles.add(
          "View %s: %,d keys differ from MySQL, such as %s; freshet verify %s --key %s shows how, and --repair repairs it; please report it"
              .formatted(view.name(), keys.size(), keys.get(0), view.name(), keys.get(0)));
    }
  }

  /** Returns the dead letters; reads them only once. Empty if they cannot be read. */
  private List<FailureMessage> letters() {
    if (letters.isEmpty() && config.kafka().bootstrap().isPresent()) {
      try (DeadLetters topic = DeadLetters.open(config)) {
        letters = Optional.of(topic.box().letters());
      } catch (Failure e) {
        troubles.add(Failure.line(e));
        letters = Optional.of(List.of());
      }
    }
    return letters.orElse(List.of());
  }

  /**
   * Returns the dead rows for which a whole view is INVALID, because the keys that they affect are
   * unknown.
   */
  static String unplaceable(List<FailureMessage> letters, String view) {
    List<FailureMessage> rows =
        letters.stream().filter(letter -> letter.view().equals(view) && !letter.placed()).toList();
    return rows.isEmpty()
        ? ""
        : ". Dead are %s (%s)%s; see freshet dead-letters list %s"
            .formatted(
                LetterText.row(rows.get(0)),
                LetterText.why(rows.get(0)),
                rows.size() == 1 ? "" : " and %,d more".formatted(rows.size() - 1),
                view);
  }

  private void dead() {
    long dead = views.stream().mapToLong(view -> view.changes().dead()).sum();
    if (dead > 0) {
      troubles.add(
          "Job %s: %,d rows are dead and are not retried; see freshet dead-letters list, and correct them in MySQL or replay them"
              .formatted(config.job().name(), dead));
    }
  }

  private Optional<Status.Snapshot> snapshot(JobStatus running, String state) {
    if (!state.equals("RUNNING")) {
      return Optional.empty();
    }
    if (reached.map(StoreStatus.Reached::handedOver).orElse(false)) {
      return Optional.of(new Status.Snapshot(true, 0, 0, 100, 0));
    }
    long estimate;
    try (Connection mysql = Databases.mysql(config.source())) {
      estimate = Statistics.rowsOfAllViews(mysql, config);
    } catch (SQLException e) {
      troubles.add(Failure.line(Databases.failed("Source " + config.source(), e)));
      return Optional.empty();
    } catch (RuntimeException e) {
      troubles.add(Failure.line(e));
      return Optional.empty();
    }
    return Optional.of(estimate(running.rowsRead(), estimate, running.runningMillis()));
  }

  /** Extrapolates the remaining time from the rate so far. */
  static Status.Snapshot estimate(long read, long estimated, long millis) {
    int percent =
        estimated <= 0 ? 0 : (int) Math.min(99, Math.round(Math.floor(100.0 * read / estimated)));
    long rest = Math.max(0, estimated - read);
    long seconds = read == 0 ? -1 : Math.round(rest * (millis / 1000.0) / read);
    return new Status.Snapshot(false, read, estimated, percent, seconds);
  }

  private Optional<Status.ReaderState> reader() {
    String url = config.reader().url();
    if (url.endsWith(":0")) {
      return Optional.empty();
    }
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/health")).timeout(HEALTH).build();
      HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode body = new ObjectMapper().readTree(response.body());
      boolean up = response.statusCode() == 200;
      String postgres = body.path("postgres").path("status").asText();
      String mysql = body.path("mysql").path("status").asText();
      String detail =
          "postgres %s, mysql %s, %d views"
              .formatted(postgres, mysql, body.path("catalogue").path("views").asInt());
      if (!up) {
        troubles.add("Reader " + url + ": it is not healthy (" + detail + ")");
      } else if (mysql.equals("down")) {
        troubles.add(
            "Reader %s: MySQL does not answer it; questions that the projection cannot answer get 503"
                .formatted(url));
      } else if (postgres.equals("down")) {
        troubles.add("Reader %s: Postgres does not answer it; MySQL answers all".formatted(url));
      }
      return Optional.of(new Status.ReaderState(url, up, detail, hits(client, url)));
    } catch (IOException e) {
      troubles.add(
          "Reader " + url + ": it does not answer; start it with reader, or set reader.url");
      return Optional.of(new Status.ReaderState(url, false, "does not answer", Optional.empty()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("Interrupted", e);
    }
  }

  private static Optional<HitRatio> hits(HttpClient client, String url)
      throws InterruptedException {
    try {
      return Optional.of(HitRatio.of(client, url));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
