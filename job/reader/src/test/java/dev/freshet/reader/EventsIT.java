package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.freshet.client.Answer;
import dev.freshet.client.ClientConfig;
import dev.freshet.client.Doubt;
import dev.freshet.client.EventListener;
import dev.freshet.client.FreshetClient;
import dev.freshet.client.Outcome;
import dev.freshet.client.Problem;
import dev.freshet.client.ProblemException;
import dev.freshet.client.Query;
import dev.freshet.client.Subscription;
import dev.freshet.servers.LocalServers;
import dev.freshet.store.Notice;
import dev.freshet.view.ViewPlan;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests event streams and the client's other calls, with the client, the reader and a real
 * Postgres.
 */
class EventsIT {
  private static final Path SQL = Path.of("../../sql");
  private static final String VIEW = "unread_conversations";
  private static final Duration SLOW_LOOK = Duration.ofSeconds(2);

  private static World world;
  private static ViewPlan plan;
  private static FreshetClient client;

  @BeforeAll
  static void start() throws Exception {
    world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS);
    world.inMysql(SQL.resolve("source/inbox.sql"));
    world.inMysql(
        "INSERT INTO users VALUES (1, 'Ada', NULL)",
        "INSERT INTO conversations VALUES (1, 7, '2026-01-31 11:00:00.5', 0),"
            + " (2, 7, '2026-01-31 12:00:00.5', 0), (3, 7, '2026-01-31 13:00:00.5', 0)",
        "INSERT INTO participants SELECT id, 42, 1, '2026-01-01' FROM conversations");
    plan = world.register(Files.readString(SQL.resolve("views/unread_conversations.sql")));
    world.project(plan);
    client = new FreshetClient(ClientConfig.of(URI.create(world.url()), () -> World.SECRET));
  }

  @AfterAll
  static void stop() {
    client.close();
    world.close();
  }

  @BeforeEach
  void fresh() throws SQLException {
    world.clock().ahead(Duration.ZERO);
    world.progress(Instant.now().plusSeconds(60), true);
  }

  @Test
  void changesAreToldByNoticeAndWithoutOneBelated() throws Exception {
    Heard heard = new Heard();
    try (Subscription open = client.events(Query.of(VIEW, 42, 7).limit(2), heard)) {
      assertThat(heard.answer().items()).hasSize(2);
      awaitListening();
      long begun = System.nanoTime();
      for (int i = 0; i < 6; i++) {
        rename("n" + i, true);
        assertThat(heard.answer().items().get(0).path("name").asText()).isEqualTo("n" + i);
      }
      // Without notices the next regular read of the page finds each change.
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SLOW_LOOK.multipliedBy(5));
      rename("untold", false);
      assertThat(heard.answer().items().get(0).path("name").asText()).isEqualTo("untold");
      assertThat(open).isNotNull();
    }
    assertThat(heard.versions).isSorted();
  }

  @Test
  void aLostListenerListensAgain() throws Exception {
    Heard heard = new Heard();
    try (Subscription open = client.events(Query.of(VIEW, 42, 7), heard)) {
      heard.answer();
      awaitListening();
      world.inPostgres(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE application_name = 'freshet-reader-listening'"
              + " AND datname = current_database()");
      rename("while deaf", true);
      assertThat(heard.answer().items().get(0).path("name").asText()).isEqualTo("while deaf");
      awaitListening();
      assertThat(open).isNotNull();
    }
  }

  @Test
  void whatTheProjectionDoesNotVouchForIsADoubt() throws Exception {
    Heard heard = new Heard();
    try (Subscription open = client.events(Query.of(VIEW, 42, 7), heard)) {
      Answer first = heard.answer();
      awaitListening();
      changed(
          "INSERT INTO freshet.unread_conversations_g1_keys VALUES (42, 7, 'too-large', 1, 0)",
          true);
      assertThat(heard.doubt().reason()).isEqualTo("too-large");
      changed("DELETE FROM freshet.unread_conversations_g1_keys", true);
      assertThat(heard.answer().items()).isEqualTo(first.items());
      // There is no notice when an answer becomes stale.
      world.clock().ahead(Duration.ofSeconds(90));
      Doubt stale = heard.doubt();
      assertThat(stale.reason()).isEqualTo("stale");
      assertThat(stale.state()).contains("VALID");
      assertThat(open).isNotNull();
    }
  }

  @Test
  void theClientAsksForPagesAndForManyKeys() throws Exception {
    Answer answer = client.get(VIEW, 42, 7);
    assertThat(answer.source()).isEqualTo("projection");
    assertThat(answer.version()).isPresent();
    assertThat(answer.total()).isEqualTo("3");

    List<Integer> ids = new ArrayList<>();
    for (Answer page : client.pages(Query.of(VIEW, 42, 7).limit(2))) {
      page.items().forEach(item -> ids.add(item.path("conversation_id").asInt()));
    }
    assertThat(ids).containsExactly(3, 2, 1);

    List<Outcome> outcomes =
        client.batch(VIEW, List.of(List.of("42", "7"), List.of("43", "7")), OptionalInt.of(1));
    assertThat(outcomes).hasSize(2);
    assertThat(((Outcome.Answered) outcomes.get(0)).answer().items()).hasSize(1);

    assertThat(client.get(Query.of(VIEW, 42, 7).after("binlog.999999:4", Duration.ofMillis(1))))
        .satisfies(behind -> assertThat(behind.reason()).contains("behind"));
  }

  @Test
  void whatIsWrongWithARequestIsAProblemOfItsKind() {
    assertThat(problem(() -> client.get(VIEW, "a/b", 7))).isEqualTo(Problem.Kind.BAD_KEY);
    assertThat(problem(() -> client.get("no_such_view", 7))).isEqualTo(Problem.Kind.UNKNOWN_VIEW);
    assertThat(problem(() -> client.get(Query.of(VIEW, 42, 7).cursor("x"))))
        .isEqualTo(Problem.Kind.BAD_CURSOR);
    try (FreshetClient stranger =
        new FreshetClient(ClientConfig.of(URI.create(world.url()), () -> "wrong"))) {
      assertThat(problem(() -> stranger.get(VIEW, 42, 7))).isEqualTo(Problem.Kind.UNAUTHORIZED);
    }
  }

  private interface Call {
    void run() throws InterruptedException;
  }

  private static Problem.Kind problem(Call call) {
    return assertThat(catchThrowable(call::run))
        .asInstanceOf(InstanceOfAssertFactories.type(ProblemException.class))
        .actual()
        .problem()
        .kind();
  }

  private static void rename(String name, boolean notice) throws SQLException {
    changed(
        "UPDATE freshet.unread_conversations_g1 SET name = '" + name + "' WHERE user_id = 42",
        notice);
  }

  /**
   * Changes the key and the progress in one transaction.
   *
   * @param notice whether the transaction also sends a notice
   */
  private static void changed(String sql, boolean notice) throws SQLException {
    long hash = Notice.hash(plan.viewKeyOf(42L, 7L));
    String told = new Notice.Keys(World.VERSION + 1_000_000, new long[] {hash}).text();
    world.inPostgres(
        sql
            + "; UPDATE freshet.progress SET version = version + 1"
            + (notice
                ? "; SELECT pg_notify('%s', '%s')".formatted(Notice.channel("freshet"), told)
                : ""));
  }

  private static void awaitListening() throws Exception {
    String sql =
        "DO $$ BEGIN FOR i IN 1..2000 LOOP PERFORM pg_sleep(0.01);"
            + " PERFORM pg_stat_clear_snapshot(); IF EXISTS (SELECT 1 FROM"
            + " pg_stat_activity WHERE application_name = 'freshet-reader-listening' AND datname ="
            + " current_database() AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')) THEN RETURN;"
            + " END IF; END LOOP; RAISE 'nobody listens'; END $$";
    world.inPostgres(sql);
  }

  /** Keeps the events that it receives. */
  private static final class Heard implements EventListener {
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    private final List<String> versions = new ArrayList<>();

    @Override
    public void answer(Answer answer) {
      versions.add(answer.version().orElseThrow());
      events.add(answer);
    }

    @Override
    public void doubt(Doubt doubt) {
      events.add(doubt);
    }

    Answer answer() throws InterruptedException {
      return (Answer) next();
    }

    Doubt doubt() throws InterruptedException {
      return (Doubt) next();
    }

    private Object next() throws InterruptedException {
      Object next = events.poll(30, TimeUnit.SECONDS);
      assertThat(next).as("something is told").isNotNull();
      return next;
    }
  }
}
