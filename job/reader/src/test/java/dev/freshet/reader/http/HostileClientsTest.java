package dev.freshet.reader.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.reader.TestIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests clients that do not read, do not send, or do not send HTTP. */
class HostileClientsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String AUTHORIZED =
      "Host: x\r\nAuthorization: Bearer " + ApiFixture.SECRET + "\r\n";

  /** The time limit of a health check, which takes a few milliseconds on an idle machine. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int FEW_BYTES = 4096;

  /** How long the checks of the health took, in milliseconds, by attack. */
  private static final Map<String, Long> HEALTH = new TreeMap<>();

  private final List<Socket> sockets = new ArrayList<>();
  private ApiFixture api;
  private String attack;

  @BeforeEach
  void name(TestInfo test) {
    attack = test.getDisplayName();
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    api.gate.countDown();
    api.cancelled.countDown();
    api.close();
  }

  @AfterAll
  static void printHealth() {
    System.out.printf("the longest time to answer /health, in ms: %s%n", HEALTH);
  }

  @Test
  void clientsThatDoNotReadDelayNobody() throws Exception {
    start(ApiFixture.LIMITS);
    String requests = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500);
    for (int i = 0; i < 70; i++) {
      send(requests);
    }

    assertOthersAreServed();
  }

  @Test
  void clientsThatSendTheirBodySlowlyDelayNobody() throws Exception {
    start(ApiFixture.LIMITS);
    for (int i = 0; i < 64; i++) {
      send(
          "POST /v1/views/unread:batch HTTP/1.1\r\n" + AUTHORIZED + "Content-Length: 900\r\n\r\n{");
    }

    assertOthersAreServed();
  }

  @Test
  void requestsThatNoThreadCanHandleSoonAreRefused() throws Exception {
    start(new ServerLimits(2, 3000, 1500, 1000, ApiFixture.SHARES, ClientTimes.DEFAULT));
    List<Socket> waiting = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      waiting.add(send(get("/v1/views/unread/600/7")));
    }

    await().until(() -> waiting.stream().filter(HostileClientsTest::isAnswered).count() == 6);
    Socket refused = waiting.stream().filter(HostileClientsTest::isAnswered).findFirst().get();
    assertThat(response(refused))
        .startsWith("HTTP/1.1 503")
        .contains("urn:freshet:problem:overload", "Retry-After: 1");
    assertHealthy();
    waiting.remove(refused);
    api.gate.countDown();
    List<String> statuses = new ArrayList<>();
    for (Socket client : waiting) {
      statuses.add(response(client).substring(0, 12));
    }
    assertThat(statuses).containsOnly("HTTP/1.1 200", "HTTP/1.1 503");
    assertThat(Collections.frequency(statuses, "HTTP/1.1 200")).isEqualTo(34);
  }

  private static boolean isAnswered(Socket socket) {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\n\r\n5\n{\"key\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"key5\r\n12345\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"key\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5;a\nb\r\n{\"key\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}  ",
        "Content-Length: 4, 4\r\n\r\n{}  ",
        "Content-Length: +4\r\n\r\n{}  ",
        "Transfer-Encoding: identity\r\n\r\n",
        "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n"
      })
  void bodiesWithoutAClearEndAreRefusedAndEndTheConnection(String rest) throws Exception {
    start(ApiFixture.LIMITS);
    Socket client =
        send(
            "POST /v1/views/unread:batch HTTP/1.1\r\n"
                + AUTHORIZED
                + rest
                + get("/v1/views/unread/42/7"));
    client.shutdownOutput();

    String all = everything(client);
    assertThat(all).startsWith("HTTP/1.1 400");
    assertThat(all.split("HTTP/1.1", -1)).as(all).hasSize(2);
    assertThat(all).contains("urn:freshet:problem:bad-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/views/unread/42/7",
        "HEAD /v1/views/unread/42/7",
        "GET /health",
        "GET /openapi.yaml",
        "POST /v1/views/unread/42/7/repair",
        "POST /v1/views/unread/42/7/invalidate"
      })
  void whatNeedsNoBodyRefusesOne(String start) throws Exception {
    start(ApiFixture.LIMITS);
    for (String body :
        List.of("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Content-Length: 2\r\n\r\n{}")) {
      Socket client = send(start + " HTTP/1.1\r\n" + AUTHORIZED + body);

      String all = everything(client);
      assertThat(all).as(body).startsWith("HTTP/1.1 400");
      assertThat(all).contains("Connection: close");
    }
    assertThat(api.requested).isEmpty();
    Socket none = send(start + " HTTP/1.1\r\n" + AUTHORIZED + "Content-Length: 0\r\n\r\n");
    assertThat(everything(none, 15)).doesNotStartWith("HTTP/1.1 400");
  }

  @Test
  void anAddressMayHaveSoManyConnectionsAndOthersStillConnect() throws Exception {
    start(new ServerLimits(16, 10, 3, 1000, ApiFixture.SHARES, ClientTimes.DEFAULT));
    for (int i = 0; i < 3; i++) {
      assertThat(response(send(get("/v1/views/unread/42/7")))).startsWith("HTTP/1.1 200");
    }

    assertThat(everything(connect(1))).as("the fourth").isEmpty();
    Socket other = connect(2);
    write(other, get("/metrics"));
    assertThat(response(other))
        .startsWith("HTTP/1.1 200")
        .contains(
            "freshet_reader_connections_refused_total"
                + "{limit=\"reader.max-connections-per-address\"} 1.0")
        .contains("freshet_reader_connections 4.0");

    sockets.get(0).close();
    await()
        .untilAsserted(
            () ->
                assertThat(response(send(get("/v1/views/unread/42/7"))))
                    .startsWith("HTTP/1.1 200"));
  }

  @Test
  void allTogetherMayHaveSoManyConnections() throws Exception {
    start(new ServerLimits(16, 2, 2, 1000, ApiFixture.SHARES, ClientTimes.DEFAULT));
    for (int address : List.of(1, 2)) {
      Socket client = connect(address);
      write(client, get("/health"));
      assertThat(response(client)).startsWith("HTTP/1.1 200");
    }

    assertThat(everything(connect(3))).isEmpty();
  }

  @Test
  void aHeadMustBeCompleteInTime() throws Exception {
    start(limited(new ClientTimes(SHORT, LONG, LONG, LONG)));
    Socket idle = connect(1);
    Socket slow = send("GET /health HTTP/1.1\r\nHost: x\r\nX: ");
    Socket again = send(get("/health"));
    assertThat(response(again)).startsWith("HTTP/1.1 200");

    assertThat(everything(slow)).isEmpty();
    write(again, "GET /hea");
    assertThat(everything(again)).as("the second request of a connection").isEmpty();
    write(idle, get("/health"));
    assertThat(response(idle)).as("a connection may be idle").startsWith("HTTP/1.1 200");
  }

  @Test
  void aBodyMustBeCompleteInTime() throws Exception {
    start(limited(new ClientTimes(LONG, SHORT, LONG, LONG)));
    Socket slow =
        send(
            "POST /v1/views/unread:batch HTTP/1.1\r\n" + AUTHORIZED + "Content-Length: 9\r\n\r\n{");

    assertThat(everything(slow))
        .startsWith("HTTP/1.1 408")
        .contains("urn:freshet:problem:request-timeout", "Connection: close");
  }

  @Test
  void aResponseMustBeTakenInTime() throws Exception {
    start(limited(new ClientTimes(LONG, LONG, SHORT, LONG)));
    Socket slow = send(get("/v1/views/unread/413/9"));

    await().until(() -> api.budget.used() > 0);
    await().until(() -> api.budget.used() == 0);
    assertThat(everything(slow).length()).isLessThan(9_000_000);
  }

  @Test
  void aConnectionThatIsIdleIsClosed() throws Exception {
    start(limited(new ClientTimes(LONG, LONG, LONG, SHORT)));
    Socket idle = send(get("/health"));
    assertThat(response(idle)).startsWith("HTTP/1.1 200");
    assertThat(everything(idle)).isEmpty();

    Socket patient = send(get("/v1/views/unread/600/7"));
    await().during(SHORT.multipliedBy(3)).until(() -> api.asked.size() == 1);
    api.gate.countDown();
    assertThat(response(patient))
        .as("an answer may take longer than a client may be idle")
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void anAnswerThatIsTooLargeIsRefused() throws Exception {
    start(ApiFixture.LIMITS);

    String refused = response(send(get("/v1/views/unread/413/20")));
    assertThat(refused).startsWith("HTTP/1.1 413").contains("urn:freshet:problem:answer-too-large");
    assertThat(refused).contains("ask for a smaller limit");
    assertThat(response(batch("[413,6],[413,5]"))).startsWith("HTTP/1.1 413");
    await().until(() -> api.budget.used() == 0);
    assertThat(response(batch("[413,6]"))).startsWith("HTTP/1.1 200");
  }

  @Test
  void answersInWorkHaveABudget() throws Exception {
    start(ApiFixture.LIMITS);
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      long before = api.budget.used();
      slow.add(send(get("/v1/views/unread/413/9")));
      await().until(() -> api.budget.used() > before + 9_000_000 && settled());
    }

    String refused = response(send(get("/v1/views/unread/413/9")));
    assertThat(refused).startsWith("HTTP/1.1 503").contains("urn:freshet:problem:overload");
    assertThat(refused).contains("Retry-After: 1");
    assertThat(response(send(get("/v1/views/unread/42/7")))).startsWith("HTTP/1.1 200");
    assertHealthy();
    for (Socket client : slow) {
      client.close();
    }
    await().until(() -> api.budget.used() == 0);
  }

  /** Whether only encoded answers are reserved, and no rows. */
  private boolean settled() {
    return api.budget.used() < api.asked.size() * 9_500_000L;
  }

  @Test
  void equalKeysOfABatchAreAskedOnce() throws Exception {
    start(ApiFixture.LIMITS);
    String response = response(batch("[42,7],".repeat(99) + "[42,8]"));

    assertThat(response).startsWith("HTTP/1.1 200");
    JsonNode answers = JSON.readTree(body(response)).path("answers");
    assertThat(answers).hasSize(100);
    assertThat(answers.path(98)).isEqualTo(answers.path(0));
    assertThat(answers.path(99).path("key").path("site_id").asInt()).isEqualTo(8);
    assertThat(api.asked).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theQueryOfAClientRunsUntilItLeaves(boolean tls, @TempDir Path folder) throws Exception {
    TestIdentity identity = TestIdentity.make(folder);
    api = ApiFixture.start(ApiFixture.LIMITS, tls ? Optional.of(identity.tls()) : Optional.empty());
    Socket client =
        tls
            ? identity.trusting().getSocketFactory().createSocket("127.0.0.1", api.port())
            : connect(1);
    sockets.add(client);
    write(client, get("/v1/views/unread/504/504"));

    assertThat(api.querying.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(api.cancelled.await(1, TimeUnit.SECONDS)).as("while the client waits").isFalse();
    client.close();
    assertThat(api.cancelled.await(20, TimeUnit.SECONDS)).as("when it has left").isTrue();
  }

  private static ServerLimits limited(ClientTimes times) {
    return new ServerLimits(16, 3000, 1500, 1000, ApiFixture.SHARES, times);
  }

  private void start(ServerLimits limits) throws Exception {
    api = ApiFixture.start(limits);
  }

  private void assertOthersAreServed() throws IOException {
    assertHealthy();
    long begun = System.nanoTime();
    assertThat(response(send(get("/v1/views/unread/42/7")))).startsWith("HTTP/1.1 200");
    assertThat(response(batch("[42,7]"))).startsWith("HTTP/1.1 200");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON.multipliedBy(2));
  }

  private void assertHealthy() throws IOException {
    long begun = System.nanoTime();
    assertThat(response(send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")))
        .startsWith("HTTP/1.1 200");
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    HEALTH.merge(attack, took.toMillis(), Math::max);
    assertThat(took).isLessThan(SOON);
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\n" + AUTHORIZED + "\r\n";
  }

  private Socket batch(String keys) throws IOException {
    String body = "{\"keys\":[" + keys + "]}";
    return send(
        "POST /v1/views/unread:batch HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s"
            .formatted(AUTHORIZED, body.length(), body));
  }

  private Socket send(String request) throws IOException {
    Socket socket = connect(1);
    write(socket, request);
    return socket;
  }

  /** Connects from the loopback address with this last number. */
  private Socket connect(int from) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(FEW_BYTES);
    socket.setSoTimeout(60_000);
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) from});
    socket.bind(new InetSocketAddress(address, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.port()));
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  /** Reads one response, whose length is in its head. */
  private static String response(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    int length =
        head.toString()
            .lines()
            .filter(line -> line.startsWith("Content-Length: "))
            .mapToInt(line -> Integer.parseInt(line.substring("Content-Length: ".length())))
            .findFirst()
            .orElse(0);
    return head + new String(in.readNBytes(length), UTF_8);
  }

  private static String body(String response) {
    return response.substring(response.indexOf("\r\n\r\n") + 4);
  }

  /** Reads until the server closes the connection. */
  private static String everything(Socket socket) throws IOException {
    return everything(socket, Integer.MAX_VALUE);
  }

  private static String everything(Socket socket, int most) throws IOException {
    StringBuilder all = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      byte[] part = new byte[8192];
      for (int read = in.read(part);
          read >= 0 && all.length() < most;
          read = all.length() < most ? in.read(part) : -1) {
        all.append(new String(part, 0, read, UTF_8));
      }
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the connection stays open; received: " + all, e);
    } catch (IOException e) {
      // A reset closes the connection, too.
    }
    return all.toString();
  }
}
