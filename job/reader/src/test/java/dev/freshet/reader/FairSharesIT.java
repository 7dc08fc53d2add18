package dev.freshet.reader;

import static dev.freshet.reader.access.JwtBuilder.jwt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.config.Limits;
import dev.freshet.servers.LocalServers;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that a caller that uses all it can get leaves room for another caller. */
class FairSharesIT {
  private static final String GREEDY = Guarded.READS_ALL;
  private static final String VIEW = "/v1/views/" + Guarded.VIEW + "/";
  private static final String KEY = VIEW + "42/7";

  /** Requires a position that no binlog reaches, so that the request waits. */
  private static final String FAR_AHEAD = "?after=binlog.999999:4&wait=6000";

  private static final int THREADS = 32;

  /** Low limits, so that few requests reach the shares. */
  private static final Limits LIMITS =
      new Limits(
          16,
          8,
          Duration.ofMillis(1500),
          4,
          8,
          Duration.ofMillis(250),
          Duration.ofMillis(2000),
          40,
          0);

  /** The share of a token: 75 percent of 17 requests for each of the 16 threads. */
  private static final int OF_TOKEN = 204;

  private static final int OF_USER = 27;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static World world;
  private static Reader reader;
  private static String user;

  @BeforeAll
  static void start() throws Exception {
    world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS);
    Guarded.fill(world);
    reader = Reader.start(Guarded.config(world.config(LIMITS), Guarded.access()), world.clock());
    user = jwt("read:*").key(Map.of("user_id", 42)).signed();
  }

  @AfterAll
  static void stop() {
    reader.close();
    world.close();
  }

  @BeforeEach
  void served() throws Exception {
    Guarded.fresh(world);
    Soon.await(() -> status(KEY, user) == 200);
  }

  @Test
  void aTokenThatQueriesMysqlAllTheTimeLeavesRoomForOthers() throws Exception {
    world.progress(null, false);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> loops = new ArrayList<>();
    try {
      for (int i = 0; i < THREADS; i++) {
        int from = 1000 * (i + 1);
        loops.add(
            threads.submit(
                () -> {
                  for (int key = from; !over.get(); key++) {
                    boolean well = status(VIEW + key + "/7", GREEDY) == 200;
                    (well ? answered : refused).incrementAndGet();
                  }
                  return null;
                }));
      }
      Soon.await(() -> refused.get() > 100);
      for (int i = 0; i < 100; i++) {
        assertThat(get(KEY, user).body()).contains("\"source\":\"mysql\"", "\"total\":\"12\"");
      }
    } finally {
      over.set(true);
      threads.shutdown();
    }
    for (Future<?> loop : loops) {
      loop.get();
    }
    System.out.printf(
        "A greedy token had %d answers of MySQL, %d refusals; the other caller 100 answers%n",
        answered.get(), refused.get());
  }

  @Test
  void requestsThatWaitForAWriteLeaveRoomForOthers() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    letWait(waiting, OF_TOKEN, GREEDY);
    HttpResponse<String> beyond = get(KEY, GREEDY);
    assertThat(beyond.statusCode()).isEqualTo(429);
    assertThat(beyond.headers().firstValue("Retry-After")).contains("1");
    assertThat(beyond.body())
        .contains("urn:freshet:problem:too-many-requests", "has " + OF_TOKEN + " requests in work");

    letWait(waiting, OF_USER, user);
    String other = jwt("read:*").key(Map.of("user_id", 43)).signed();
    Instant before = Instant.now();
    assertThat(get(VIEW + "43/7", other).body()).contains("\"source\":\"projection\"");
    assertThat(get("/health", other).statusCode()).isEqualTo(200);
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(5));
    for (CompletableFuture<HttpResponse<String>> each : waiting) {
      assertThat(each.get().statusCode()).isIn(200, 429, 503);
    }
    assertThat(get("/metrics", other).body())
        .contains("freshet_reader_share_refused_total{resource=\"requests\"}");
    assertThat(status(KEY, user)).as("its requests have ended").isEqualTo(200);
  }

  /**
   * Sends waiting requests until the token's share is used. Sends more for those that fail at once
   * on a busy machine.
   */
  private static void letWait(
      List<CompletableFuture<HttpResponse<String>>> waiting, int most, String token) {
    List<CompletableFuture<HttpResponse<String>>> mine = new ArrayList<>();
    Soon.await(
        () -> {
          mine.removeIf(CompletableFuture::isDone);
          for (int i = mine.size(); i < most; i++) {
            mine.add(send(KEY + FAR_AHEAD, token));
          }
          return status(KEY, token) == 429;
        });
    waiting.addAll(mine);
  }

  @Test
  void aTokenThatOpensStreamsAllTheTimeLeavesRoomForOthers() throws Exception {
    List<CompletableFuture<HttpResponse<InputStream>>> opened = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      opened.add(stream(GREEDY));
    }
    for (CompletableFuture<HttpResponse<InputStream>> each : opened) {
      assertThat(each.get().statusCode()).isEqualTo(200);
    }
    HttpResponse<InputStream> beyond = stream(GREEDY).get();
    assertThat(beyond.statusCode()).isEqualTo(503);
    assertThat(new String(beyond.body().readAllBytes(), UTF_8))
        .contains("urn:freshet:problem:too-many-streams", "has 30 event streams");
    assertThat(status(KEY, GREEDY)).as("streams are no requests").isEqualTo(200);

    List<CompletableFuture<HttpResponse<InputStream>>> ofUser = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ofUser.add(stream(user));
    }
    for (CompletableFuture<HttpResponse<InputStream>> each : ofUser) {
      assertThat(each.get().statusCode()).isEqualTo(200);
    }
    assertThat(stream(user).get().statusCode()).isEqualTo(503);
    for (CompletableFuture<HttpResponse<InputStream>> each : ofUser) {
      each.get().body().close();
    }
    Soon.await(
        () -> {
          HttpResponse<InputStream> again = stream(user).get();
          again.body().close();
          return again.statusCode() == 200;
        });
    for (CompletableFuture<HttpResponse<InputStream>> each : opened) {
      each.get().body().close();
    }
  }

  private static int status(String path, String token) throws Exception {
    return get(path, token).statusCode();
  }

  private static HttpResponse<String> get(String path, String token) throws Exception {
    return CLIENT.send(request(path, token), HttpResponse.BodyHandlers.ofString());
  }

  private static CompletableFuture<HttpResponse<String>> send(String path, String token) {
    return CLIENT.sendAsync(request(path, token), HttpResponse.BodyHandlers.ofString());
  }

  private static CompletableFuture<HttpResponse<InputStream>> stream(String token) {
    return CLIENT.sendAsync(
        request(KEY + "/events", token), HttpResponse.BodyHandlers.ofInputStream());
  }

  private static HttpRequest request(String path, String token) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + reader.port() + path))
        .header("Authorization", "Bearer " + token)
        .timeout(Duration.ofSeconds(30))
        .build();
  }
}
