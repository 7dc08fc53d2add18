package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.cli.Endpoints;
import dev.freshet.view.TestSize;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients abuse the reader in all ways at once, with a token of their own, while transactions are
 * written and honest clients read: no process dies, and honest answers stay right.
 */
@Tag(SharedSystem.TAG)
class AbuseIT {
  private static final Duration TIME = FULL ? Duration.ofMinutes(10) : Duration.ofSeconds(10);
  private static final String VIEW = "/v1/views/unread_conversations";
  private static final int BATCH = 100;
  private static final int CALLERS = 20;
  private static final Duration PERIOD = Duration.ofMillis(500);
  private static final int SAMPLES = 20;
  private static final Duration BEFORE = FULL ? Duration.ofMinutes(1) : Duration.ofSeconds(5);

  private final Map<String, AtomicLong> attempts = new ConcurrentSkipListMap<>();
  private final AtomicLong hits = new AtomicLong();
  private final HttpClient http = HttpClient.newHttpClient();
  private final long seed = TestSize.seed();
  private String headers;
  private URI reader;
  private volatile boolean over;

  /** One attempt over a new connection. */
  private interface Attack {
    void run(Socket socket, Random random) throws IOException;
  }

  @Test
  void honestClientsAreServedWhileOthersAbuseTheReader() throws Exception {
    System.out.println("seed " + seed);
    Endpoints endpoints = SharedSystem.endpoints();
    reader = URI.create(endpoints.get("READER_URL"));
    headers = "Host: x\r\nAuthorization: Bearer " + SharedSystem.token("mallory") + "\r\n";
    List<Long> health = new ArrayList<>();
    CheckPlan plan =
        CheckPlan.standard()
            .transactions(1_000_000)
            .rate(FULL ? 100 : 30)
            .polls(30)
            .seed(seed)
            .patience(Duration.ofMinutes(2));
    CheckReport report;
    long before;
    List<Long> resident = new ArrayList<>();
    double rateBefore;
    double rate;
    ExecutorService attackers = Executors.newCachedThreadPool();
    ScheduledExecutorService callers = Executors.newScheduledThreadPool(CALLERS);
    try (Check check = new Check(endpoints.values(), plan)) {
      CompletableFuture<CheckReport> running = check.transactionsBeside();
      new Faults(SharedSystem.launcher()).awaitFresh(Instant.now(), running);
      startCallers(callers, SharedSystem.token("honest"));
      Faults.pass(BEFORE);
      rateBefore = hitsPerSecond(BEFORE);
      before = residentKb(endpoints);
      startAll(attackers);
      Instant begun = Instant.now();
      Instant end = begun.plus(TIME);
      while (Instant.now().isBefore(end) && !running.isDone()) {
        health.add(millisOfHealth());
        if (Instant.now()
            .isAfter(begun.plus(TIME.dividedBy(SAMPLES).multipliedBy(resident.size())))) {
          resident.add(residentKb(endpoints));
        }
        Faults.pass(Duration.ofMillis(100));
      }
      rate = hitsPerSecond(Duration.between(begun, Instant.now()));
      over = true;
      callers.shutdownNow();
      attackers.shutdown();
      assertThat(attackers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      check.endAfter(50);
      report = running.join();
    } finally {
      over = true;
      callers.shutdownNow();
      attackers.shutdownNow();
    }
    long after = residentKb(SharedSystem.endpoints());
    Collections.sort(health);
    System.out.printf(
        "%s%nattempts %s%nhealth p50 %d ms, p99 %d ms, max %d ms of %d; resident %,d kB, then %s, %,d kB;"
            + " hits of honest callers %.1f/s, then %.1f/s%n",
        report.print(),
        attempts,
        health.get(health.size() / 2),
        health.get(health.size() * 99 / 100),
        health.get(health.size() - 1),
        health.size(),
        before,
        resident,
        after,
        rateBefore,
        rate);

    assertThat(SharedSystem.endpoints().values())
        .as("no process died")
        .isEqualTo(endpoints.values());
    assertThat(report.passed()).as("seed %d%n%s", seed, report.print()).isTrue();
    long turnedAway = report.tally().turnedAway().values().stream().mapToLong(n -> n).sum();
    assertThat(turnedAway)
        .as("honest requests that were refused")
        .isLessThanOrEqualTo(report.tally().checked() / 100);
    assertThat(rateBefore).as("hits a second before the abuse").isPositive();
    assertThat(rate).as("hits of honest callers a second").isGreaterThanOrEqualTo(rateBefore * 0.9);
    assertThat(attempts.values()).allMatch(count -> count.get() > 0);
    assertThat(health.get(health.size() / 2)).as("health, in ms").isLessThanOrEqualTo(200);
    assertThat(after).as("resident memory in kB").isLessThan(before + 200_000);
    if (FULL) {
      // The JVM takes the heap that it may have first.
      assertThat(after)
          .as("resident memory in kB, by the time: %s", resident)
          .isLessThan(resident.get(resident.size() / 2) * 11 / 10);
    }
  }

  /** Each caller asks for a key at a fixed rate, as long as the reader answers in time. */
  private void startCallers(ScheduledExecutorService callers, String token) {
    for (int caller = 0; caller < CALLERS; caller++) {
      HttpRequest request =
          HttpRequest.newBuilder(reader.resolve(VIEW + "/" + (1 + caller) + "/1"))
              .header("Authorization", "Bearer " + token)
              .timeout(Duration.ofSeconds(10))
              .build();
      var unused =
          callers.scheduleAtFixedRate(
              () -> ask(request), caller * 25L, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void ask(HttpRequest request) {
    try {
      String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      if (answer.contains("\"source\":\"projection\"")) {
        hits.incrementAndGet();
      }
    } catch (IOException e) {
      // No hit.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private double hitsPerSecond(Duration time) {
    return hits.getAndSet(0) * 1000.0 / time.toMillis();
  }

  private void startAll(ExecutorService attackers) {
    String future = "?after=binlog.999999:4&wait=2000";
    String pages =
        Stream.generate(() -> "[\"1\",\"1\"]").limit(BATCH).collect(Collectors.joining(","));
    String body = "{\"limit\":1000,\"keys\":[" + pages + "]}";
    start(
        attackers,
        "not reading",
        20,
        (socket, random) -> {
          send(socket, "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n".repeat(300));
          linger();
        });
    start(
        attackers,
        "slow body",
        20,
        (socket, random) -> {
          send(socket, post(900, "{"));
          for (int i = 0; i < 20 && !over; i++) {
            Faults.pass(Duration.ofMillis(250));
            send(socket, " ");
          }
        });
    start(
        attackers,
        "misses",
        2,
        (socket, random) -> {
          for (int i = 0; i < 20; i++) {
            answer(socket, get(VIEW + "/" + (1_000_000 + random.nextInt(1_000_000)) + "/1"));
          }
        });
    start(
        attackers,
        "streams",
        60,
        (socket, random) -> {
          send(socket, get(VIEW + "/" + random.nextInt(100) + "/1/events"));
          linger();
        });
    start(attackers, "waits", 10, (socket, random) -> answer(socket, get(VIEW + "/1/1" + future)));
    start(
        attackers,
        "large batches",
        2,
        (socket, random) -> answer(socket, post(body.length(), body)));
    start(
        attackers,
        "broken chunks",
        1,
        (socket, random) ->
            answer(
                socket,
                "POST "
                    + VIEW
                    + ":batch HTTP/1.1\r\n"
                    + headers
                    + "Transfer-Encoding: chunked\r\n\r\n5\n{\"key5\r\n0\r\n\r\n"));
    start(
        attackers,
        "noise",
        2,
        (socket, random) -> {
          byte[] bytes = new byte[1 + random.nextInt(2_000)];
          random.nextBytes(bytes);
          OutputStream out = socket.getOutputStream();
          out.write("GET /".getBytes(StandardCharsets.ISO_8859_1), 0, random.nextInt(6));
          out.write(bytes);
          out.flush();
          drain(socket);
        });
  }

  private void start(ExecutorService attackers, String name, int threads, Attack attack) {
    AtomicLong count = attempts.computeIfAbsent(name, n -> new AtomicLong());
    for (int thread = 0; thread < threads; thread++) {
      Random random = new Random(seed + name.hashCode() + thread);
      attackers.execute(
          () -> {
            while (!over) {
              try (Socket socket = new Socket(reader.getHost(), reader.getPort())) {
                socket.setSoTimeout(5_000);
                count.incrementAndGet();
                attack.run(socket, random);
              } catch (IOException e) {
                // The reader closes the connections of abusers.
                Faults.pass(Duration.ofMillis(20));
              }
            }
          });
    }
  }

  private String get(String path) {
    return "GET " + path + " HTTP/1.1\r\n" + headers + "\r\n";
  }

  private String post(int length, String body) {
    return "POST "
        + VIEW
        + ":batch HTTP/1.1\r\n"
        + headers
        + "Content-Length: "
        + length
        + "\r\n\r\n"
        + body;
  }

  private void linger() {
    for (int i = 0; i < 30 && !over; i++) {
      Faults.pass(Duration.ofMillis(100));
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Sends a request and reads a part of what comes. */
  private static void answer(Socket socket, String request) throws IOException {
    send(socket, request);
    drain(socket);
  }

  private static void drain(Socket socket) throws IOException {
    var unused = socket.getInputStream().read(new byte[65_536]);
  }

  private long millisOfHealth() throws IOException {
    long asked = System.nanoTime();
    HttpURLConnection health =
        (HttpURLConnection) reader.resolve("/health").toURL().openConnection();
    health.setRequestProperty("Connection", "close");
    health.setConnectTimeout(5_000);
    health.setReadTimeout(5_000);
    assertThat(health.getResponseCode()).isEqualTo(200);
    health.getInputStream().readAllBytes();
    return (System.nanoTime() - asked) / 1_000_000;
  }

  private static long residentKb(Endpoints endpoints) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + endpoints.get("READER_PID") + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }
}
