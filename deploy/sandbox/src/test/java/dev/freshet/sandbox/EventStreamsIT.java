package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.Endpoints;
import dev.freshet.client.Answer;
import dev.freshet.client.ClientConfig;
import dev.freshet.client.Doubt;
import dev.freshet.client.EventListener;
import dev.freshet.client.FreshetClient;
import dev.freshet.client.FreshetException;
import dev.freshet.client.Query;
import dev.freshet.servers.TcpProxy;
import dev.freshet.view.TestSize;
import dev.freshet.view.Version;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients that watch keys while those are written and connections are cut: the versions that each
 * sees never go back, and in the end each has what MySQL itself says.
 */
@Tag(SharedSystem.TAG)
class EventStreamsIT {
  private static final int CLIENTS = FULL ? 200 : 20;
  private static final int KEYS = FULL ? 50 : 5;
  private static final int WAYS = FULL ? 8 : 2;
  private static final Duration LOAD = Duration.ofSeconds(FULL ? 120 : 3);
  private static final Duration BETWEEN_CUTS = Duration.ofMillis(FULL ? 1_500 : 700);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String VIEW = "unread_conversations";
  private static final int SITE = 1;
  private static final int FIRST = 910_000_000;
  private static final int ENTRIES = 3;
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

  private final Endpoints endpoints;
  private final long seed = TestSize.seed();
  private final Random random = new Random(seed);
  private final Map<String, Long> committed = new ConcurrentHashMap<>();
  private final List<Long> micros = new ArrayList<>();
  private final AtomicInteger events = new AtomicInteger();
  private final AtomicInteger doubts = new AtomicInteger();

  EventStreamsIT() throws Exception {
    endpoints = SharedSystem.endpoints();
  }

  @AfterEach
  void clean() throws SQLException {
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement()) {
      statement.execute("DELETE FROM participants WHERE user_id >= " + FIRST);
      statement.execute("DELETE FROM conversations WHERE id >= " + FIRST);
    }
  }

  @Test
  void watchersSeeTheEndAndNeverGoBack() throws Exception {
    prepare();
    List<TcpProxy> ways = new ArrayList<>();
    List<FreshetClient> clients = new ArrayList<>();
    List<Watching> watching = new ArrayList<>();
    try {
      for (int i = 0; i < WAYS; i++) {
        ways.add(new TcpProxy(URI.create(endpoints.get("READER_URL")).getPort()));
        clients.add(
            new FreshetClient(
                ClientConfig.of(
                    URI.create("http://127.0.0.1:" + ways.get(i).port()),
                    () -> endpoints.get("READER_TOKEN"))));
      }
      for (int i = 0; i < CLIENTS; i++) {
        Watching each = new Watching(FIRST + i % KEYS);
        watching.add(each);
        var open = clients.get(i % WAYS).events(Query.of(VIEW, each.user, SITE), each);
        assertThat(open).isNotNull();
      }
      int written = writeAndCut(ways);
      for (Watching each : watching) {
        each.awaitEnd();
      }
      micros.sort(null);
      System.out.printf(
          "%d clients on %d keys, %,d transactions, %d connections for %d streams: %,d answers,"
              + " %d doubts; from commit to client p50 %.1f ms, p99 %.1f ms (seed %d)%n",
          CLIENTS,
          KEYS,
          written,
          ways.stream().mapToInt(TcpProxy::accepted).sum(),
          CLIENTS,
          events.get(),
          doubts.get(),
          micros.get(micros.size() / 2) / 1e3,
          micros.get(micros.size() * 99 / 100) / 1e3,
          seed);
      assertThat(ways.stream().mapToInt(TcpProxy::accepted).sum()).isGreaterThan(CLIENTS);
      for (Watching each : watching) {
        assertThat(each.wrong).as("user %d, seed %d", each.user, seed).isEmpty();
      }
    } finally {
      clients.forEach(FreshetClient::close);
      for (TcpProxy way : ways) {
        way.close();
      }
    }
  }

  @Test
  void theExampleOfTheReadmeRuns() throws Exception {
    prepare();
    Answer answer =
        ClientExample.run(
            URI.create(endpoints.get("READER_URL")), endpoints.get("READER_TOKEN"), FIRST, SITE);
    assertThat(answer.total()).isEqualTo("" + ENTRIES);
    String source =
        Files.readString(Path.of("src/test/java/dev/freshet/sandbox/ClientExample.java"))
            .replaceAll("(?s).*// begin\n(.*?)\n *// end.*", "$1")
            .indent(-4);
    assertThat(Files.readString(Path.of("../../job/README.md"))).contains(source);
  }

  /** Each key has a few entries, and is there for whoever connects. */
  private void prepare() throws SQLException {
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement()) {
      for (int key = 0; key < KEYS; key++) {
        for (int entry = 0; entry < ENTRIES; entry++) {
          int id = FIRST + key * ENTRIES + entry;
          statement.execute(
              "INSERT INTO conversations VALUES (%d, %d, '2026-01-01', 0)".formatted(id, SITE));
          statement.execute(
              "INSERT INTO participants VALUES (%d, %d, 1, '2020-01-01')"
                  .formatted(id, FIRST + key));
        }
      }
    }
  }

  /** Returns how many transactions there were. */
  private int writeAndCut(List<TcpProxy> ways) throws Exception {
    int written = 0;
    LocalDateTime time = LocalDateTime.of(2026, 2, 1, 0, 0);
    long begun = System.nanoTime();
    long cutAt = begun;
    try (Connection source = endpoints.source();
        PreparedStatement update =
            source.prepareStatement(
                "UPDATE conversations SET last_message_at = ?, archived = ? WHERE id = ?")) {
      while (System.nanoTime() - begun < LOAD.toNanos()) {
        time = time.plusNanos(1_000_000);
        boolean archived = random.nextInt(4) == 0;
        update.setObject(1, time);
        update.setBoolean(2, archived);
        update.setInt(3, FIRST + random.nextInt(KEYS * ENTRIES));
        update.executeUpdate();
        written++;
        if (!archived) {
          committed.put(time.format(MICROS), System.nanoTime());
        }
        if (System.nanoTime() - cutAt > BETWEEN_CUTS.toNanos()) {
          cutAt = System.nanoTime();
          ways.get(random.nextInt(ways.size())).drop();
        }
        Thread.sleep(random.nextInt(FULL ? 4 : 20));
      }
    }
    return written;
  }

  /** What MySQL says: the entries' times, newest first. */
  private List<String> expected(int user) throws SQLException {
    List<String> times = new ArrayList<>();
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT DATE_FORMAT(c.last_message_at, '%Y-%m-%dT%H:%i:%s.%f') FROM conversations c"
                    + " JOIN participants p ON p.conversation_id = c.id WHERE p.user_id = "
                    + user
                    + " AND c.archived = 0 ORDER BY c.last_message_at DESC")) {
      while (rows.next()) {
        times.add(rows.getString(1));
      }
    }
    return times;
  }

  private static List<String> times(Answer answer) {
    List<String> times = new ArrayList<>();
    for (JsonNode item : answer.items()) {
      times.add(item.path("last_message_at").asText());
    }
    return times;
  }

  /** One client. */
  private final class Watching implements EventListener {
    private final int user;
    private final List<String> wrong = new ArrayList<>();
    private long version = -1;
    private List<String> last = List.of("nothing was told");
    private boolean doubted;

    Watching(int user) {
      this.user = user;
    }

    @Override
    public synchronized void answer(Answer answer) {
      long now = Version.parse(answer.version().orElseThrow());
      if (now < version) {
        wrong.add(Version.print(version) + " was followed by " + answer.version());
      }
      version = now;
      last = times(answer);
      doubted = false;
      events.incrementAndGet();
      if (!last.isEmpty() && committed.containsKey(last.get(0))) {
        long took = System.nanoTime() - committed.get(last.get(0));
        synchronized (micros) {
          micros.add(took / 1000);
        }
      }
    }

    @Override
    public synchronized void doubt(Doubt doubt) {
      doubted = true;
      doubts.incrementAndGet();
    }

    @Override
    public synchronized void failed(FreshetException cause) {
      wrong.add("the stream failed: " + cause);
    }

    synchronized List<String> now() {
      return doubted ? List.of("in doubt") : last;
    }

    void awaitEnd() throws Exception {
      List<String> expected = expected(user);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!now().equals(expected)) {
        assertThat(System.nanoTime())
            .as("user %d has %s, MySQL %s (seed %d)", user, now(), expected, seed)
            .isLessThan(deadline);
        Thread.sleep(10);
      }
    }
  }
}
