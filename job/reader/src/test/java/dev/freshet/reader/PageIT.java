package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.reader.config.Database;
import dev.freshet.reader.config.Limits;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.TcpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Drives the page in Chromium against a reader with real databases. Axe checks the accessibility of
 * each page. Machines without Chromium skip the test; CI must have it.
 */
class PageIT {
  private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  private static final String INSTALL =
      "Chromium is not installed; install it with: apt-get install -y chromium";

  private static final Limits LIMITS =
      new Limits(
          64,
          8,
          Duration.ofSeconds(3),
          8,
          16,
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          1000,
          0);

  /** A port at which nothing listens. */
  private static final int NOBODY = 9;

  private static World world;
  private static TcpProxy mysql;
  private static TcpProxy postgres;
  private static ReaderConfig config;
  private static Reader reader;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> chromium = Browser.program();
    if (System.getenv("CI") != null) {
      assertThat(chromium).as(INSTALL).isPresent();
    }
    assumeTrue(chromium.isPresent(), INSTALL);
    world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS);
    Guarded.fill(world);
    world.inPostgres(
        "INSERT INTO freshet.counts VALUES ('job', 'root', 0, 'unread_conversations', 7, 0, 0, 2, 0)");
    ReaderConfig direct = Guarded.config(world.config(LIMITS), Guarded.access());
    mysql = new TcpProxy(direct.mysql().port());
    postgres = new TcpProxy(direct.postgres().port());
    reader = Reader.start(config(direct, 0), world.clock());
    config = config(direct, reader.port());
    browser = Browser.start(chromium.get());
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
      reader.close();
      world.close();
      mysql.close();
      postgres.close();
    }
  }

  /**
   * Returns a configuration with which the reader reaches its databases through the proxies, and
   * soon notices that Postgres is away.
   */
  private static ReaderConfig config(ReaderConfig of, int port) {
    return new ReaderConfig(
        of.host(),
        port,
        Optional.empty(),
        of.access(),
        at(of.mysql(), mysql.port()),
        at(of.postgres(), postgres.port()),
        of.schema(),
        of.kafka(),
        LIMITS);
  }

  private static Database at(Database of, int port) {
    return new Database(of.host(), port, of.user(), of.password(), of.name());
  }

  @BeforeEach
  void openWithoutAToken() {
    browser.show(1440, "light");
    browser.open(url("/"));
    browser.run("sessionStorage.clear()");
    browser.open(url("/"));
    browser.await("document.querySelector('#token-input') !== null");
  }

  @Test
  void showsWhatTheTokenAllowsAndComparesWithMysql() throws Exception {
    int errors = browser.errors().size();
    assertThat(browser.text())
        .contains("The views are shown with a token.", "Postgres", "No token")
        .doesNotContain(Guarded.VIEW);
    accessible("the overview without a token");

    browser.type("#token-input", "no token of this reader");
    browser.await("document.body.innerText.includes('The reader does not accept the token')");
    browser.run("document.querySelector('#token-input').value = ''");
    browser.type("#token-input", Guarded.READS_OTHER);
    browser.await("document.querySelectorAll('[aria-labelledby=views] tbody tr').length === 1");
    assertThat(browser.text()).contains("notes_of", "Token reads").doesNotContain(Guarded.VIEW);

    browser.run("document.querySelector('#token button').click()");
    browser.await("document.querySelector('#token-input') !== null");
    browser.type("#token-input", Guarded.READS_VIEW);
    browser.await("document.querySelectorAll('[aria-labelledby=views] tbody tr').length === 1");
    browser.run("location.hash = '#/views/" + Guarded.VIEW + "'");
    browser.await("document.querySelector('#key-0') !== null");
    watch();
    browser.await("document.querySelectorAll('table.rows tbody tr').length === 10");
    assertThat(browser.text()).doesNotContain("Repair", "Compare with MySQL");

    browser.run("document.querySelector('#token button').click()");
    browser.await("document.querySelector('#token-input') !== null");
    browser.type("#token-input", Guarded.MAY_ALL);
    browser.await("document.querySelector('#key-0') !== null");
    liveAnswerAndComparison();
    showsSlowQueriesJobsAndThatThereIsNoKafka();
    for (String scheme : List.of("light", "dark")) {
      for (int width : new int[] {1440, 360}) {
        browser.show(width, scheme);
        browser.run("location.hash = '#/dead-letters'");
        browser.await("document.querySelector('td[data-title=Dead]')?.textContent === '2'");
        for (String hash : List.of("#/", "#/views/" + Guarded.VIEW, "#/dead-letters")) {
          browser.run("location.hash = '" + hash + "'");
          browser.await("document.querySelector('h1') !== null && document.title !== ''");
          accessible("%s at %d pixels, %s".formatted(hash, width, scheme));
          assertThat(browser.run("document.documentElement.scrollWidth").asInt())
              .as("%s at %d pixels is not wider than the window", hash, width)
              .isLessThanOrEqualTo(width);
        }
      }
    }
    assertThat(browser.requested())
        .isNotEmpty()
        .allMatch(address -> address.startsWith(url("/")) || address.startsWith("about:"));
    // The browser reports the responses to the wrong token, and those of a reader without Kafka.
    assertThat(browser.errors().subList(errors, browser.errors().size()))
        .filteredOn(
            error -> !error.contains("status of 503") || !error.contains("/v1/dead-letters"))
        .allMatch(error -> error.contains("status of 401"))
        .hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void answersDifferOnlyIfTheProjectionIncludesWhatMysqlSaw() {
    JsonNode kinds =
        browser.run(
            """
            import('%s').then(({judge}) => {
              const answer = (source, second, name, lag) => ({
                source, as_of: `2026-01-31T12:00:${second}Z`, lag_ms: lag, total: '1',
                items: [{id: 1, name}]});
              // MySQL's snapshot is between 10.000 and 10.300.
              const mysql = answer('mysql', '10.000', 'new', 300);
              const before = answer('projection', '09.900', 'old', 0);
              const kind = (source, second, name) =>
                judge(before, mysql, answer(source, second, name, 0), row => row.id).kind;
              return [
                kind('projection', '10.100', 'old'),
                kind('projection', '10.301', 'old'),
                kind('projection', '10.302', 'old'),
                kind('projection', '10.302', 'newer'),
                kind('projection', '10.100', 'new'),
                kind('mysql', '10.302', 'old')];
            })
            """
                .formatted(url("/page/compare.js")));
    assertThat(kinds)
        .extracting(JsonNode::asText)
        .containsExactly("unconfirmed", "unconfirmed", "different", "changed", "same", "fallback");
  }

  @Test
  void survivesResponsesThatAreNotAReaders() {
    JsonNode refused =
        browser.run(
            """
            import('%s').then(async api => {
              const real = window.fetch;
              const cut = new ReadableStream({start: it => it.error(new TypeError('cut'))});
              const of = async (body, call) => {
                window.fetch = async () => new Response(body);
                return call().then(() => 'taken', e => e instanceof api.Refused ? 'refused' : e.name);
              };
              const outcomes = [
                await of('<html>', api.health), await of('null', api.health),
                await of('{"status": "up"}', api.health), await of('<html>', api.metrics),
                await of(cut, api.metrics), await of('[]', api.views),
                await of('{}', api.history)];
              window.fetch = real;
              return outcomes;
            })
            """
                .formatted(url("/page/api.js")));
    assertThat(refused).hasSize(7).extracting(JsonNode::asText).containsOnly("refused");

    browser.run(
        """
        const real = window.fetch;
        window.fetch = (path, options) =>
          path === '/health' ? Promise.resolve(new Response('{}')) : real(path, options);
        window.repair = () => { window.fetch = real; };
        0
        """);
    awaitOutage("The reader does not answer.");
    browser.run("window.repair()");
    awaitNoOutage();
  }

  @Test
  void refusesAddressesAndKeysThatAreMalformed() {
    browser.run("location.hash = '#/dead-letters'");
    browser.await("document.querySelector('h1').textContent === 'Dead letters'");
    browser.run("location.hash = '#/views/%E0%A4%A'");
    browser.await("document.querySelector('h1').textContent === 'Overview'");

    for (String step : List.of(".", "..")) {
      assertThat(
              browser
                  .run(
                      "import('%s').then(api => { try { return api.keyPath('v', ['a', '%s']); }"
                              .formatted(url("/page/api.js"), step)
                          + " catch (e) { return e.message; } })")
                  .asText())
          .isEqualTo("the value %s fits no path; read the key by batch".formatted(step));
    }
  }

  @Test
  void aStreamIsRepeatedAfter429AndShowsNoOlderAnswerAfterANewerOne() {
    browser.type("#token-input", Guarded.READS_VIEW);
    browser.await("document.querySelectorAll('[aria-labelledby=views] tbody tr').length === 1");
    browser.run("location.hash = '#/views/" + Guarded.VIEW + "'");
    browser.await("document.querySelector('#key-0') !== null");
    browser.run(
        """
        const real = window.fetch;
        let connections = 0;
        const answer = name => JSON.stringify({
          source: 'projection', reason: null, version: 'binlog.000012:4567', lag_ms: 1, total: '1',
          as_of: '2026-01-31T12:00:00.123Z', items: [{conversation_id: 1, name}]});
        const events = new ReadableStream({start: stream => {
          window.send = text => stream.enqueue(new TextEncoder().encode(text + '\\n\\n'));
          window.sendAnswer = name => window.send('data: ' + answer(name));
        }});
        window.fetch = (path, options) => {
          if (!path.includes('/42/7')) {
            return real(path, options);
          }
          if (!path.includes('/events')) {
            return new Promise(resolve => {
              window.answerRead = name => resolve(new Response(answer(name)));
            });
          }
          connections++;
          return Promise.resolve(connections === 1
            ? new Response('{"detail": "too many"}', {status: 429})
            : new Response(events));
        };
        0
        """);
    watch();
    browser.await("document.body.innerText.includes('The stream broke (too many)')");
    browser.run(
        "window.send('event: doubt\\ndata: {\"reason\": \"stale\", \"at\": \"2026-01-31T12:00:00Z\"}')");
    browser.await("window.answerRead !== undefined");
    browser.run("window.sendAnswer('Newer')");
    browser.await("document.body.innerText.includes('Newer')");
    browser.run("window.answerRead('Older'); new Promise(done => setTimeout(done, 200))");
    assertThat(browser.text()).contains("Newer", "doubt: stale").doesNotContain("Older");
  }

  @Test
  void namesWhatIsAwayAndRecovers() throws Exception {
    browser.type("#token-input", Guarded.MAY_ALL);
    browser.await("document.querySelectorAll('[aria-labelledby=views] tbody tr').length === 2");
    awaitNoOutage();

    away(mysql);
    awaitOutage("MySQL does not answer the reader: only fresh projections are served.");
    mysql.leadTo(world.config(LIMITS).mysql().port());
    awaitNoOutage();

    away(postgres);
    awaitOutage("Postgres does not answer the reader: MySQL answers callers, more slowly.");
    browser.await(changes("–"));
    postgres.leadTo(world.config(LIMITS).postgres().port());
    browser.await(changes("7"));
    // The counter did not grow by its whole value while the store was away.
    assertThat(
            browser.run("document.querySelector('svg.flow').getAttribute('aria-label')").asText())
        .containsPattern("\\. [0–] changes/s");
    awaitNoOutage();

    reader.close();
    awaitOutage("The reader does not answer.");
    reader = Reader.start(config, world.clock());
    awaitNoOutage();
  }

  private static void away(TcpProxy way) {
    way.leadTo(NOBODY);
    way.drop();
  }

  private static String changes(String figure) {
    return "[...document.querySelectorAll('.card')].some(card =>"
        + " card.querySelector('h3').textContent === 'Changes applied'"
        + " && card.querySelector('.value').textContent === '%s')".formatted(figure);
  }

  private static void awaitOutage(String text) {
    browser.await("document.querySelector('#outages').innerText.includes('%s')".formatted(text));
  }

  private static void awaitNoOutage() {
    browser.await("document.querySelector('#outages').innerText === ''");
  }

  private static void watch() {
    browser.run("document.querySelector('#key-0').value = '42'");
    browser.run("document.querySelector('#key-1').value = ''");
    browser.type("#key-1", "7");
  }

  private static void liveAnswerAndComparison() throws Exception {
    watch();
    browser.await("document.querySelectorAll('table.rows tbody tr').length === 10");
    assertThat(browser.text()).contains("binlog.000012:4567", "Ada", "10 shown of 12");

    browser.run("document.querySelector('#compare').focus()");
    browser.press(" ", 32);
    browser.await("document.querySelector('.verdict.good') !== null");
    assertThat(browser.text()).contains("Both answers are the same", "no earlier than");

    world.inPostgres(
        "UPDATE freshet.unread_conversations_g1 SET name = 'Ada <b>' WHERE conversation_id = 12",
        "DELETE FROM freshet.unread_conversations_g1 WHERE conversation_id = 11");
    browser.await("document.body.innerText.includes('Ada <b>')");
    browser.await("document.querySelector('.verdict.bad') !== null");
    List<String> marks = new ArrayList<>();
    browser
        .run(
            "[...document.querySelectorAll('.pane tr.differs')]"
                + ".map(row => row.firstChild.textContent)")
        .forEach(mark -> marks.add(mark.asText()));
    assertThat(marks).contains("name", "only here");
  }

  private static void showsSlowQueriesJobsAndThatThereIsNoKafka() {
    browser.run("location.hash = '#/'");
    browser.await("document.querySelector('[aria-labelledby=slow] tbody tr') !== null");
    assertThat(browser.text())
        .contains(
            "42 / 7",
            "requested",
            "complete: the views are filled from it",
            "The reader does not ask Flink");
    browser.run("location.hash = '#/dead-letters'");
    browser.await(
        "document.body.innerText.includes('The rows are unknown: this reader has no Kafka')");
  }

  @Test
  void aDeadLetterIsReplayedAtOnceAndDroppedWithASecondClick() throws Exception {
    browser.type("#token-input", Guarded.MAY_ALL);
    browser.await("document.querySelectorAll('[aria-labelledby=views] tbody tr').length === 2");
    browser.run(
        """
        const real = window.fetch;
        window.posted = [];
        window.failAt = time => {
          window.letters = [{
            job: 'job', view: 'unread_conversations', id: 'AQ', table: 'shop.users', primary_key: {id: 7},
            reason: 'unstorable-value', placed: true, message: 'it holds <b>', attempts: 2,
            version: 'binlog.000012:4567', failed_at: time}];
        };
        window.failAt('2026-01-31T12:00:00.000Z');
        window.fetch = (path, options) => {
          if (!path.startsWith('/v1/dead-letters')) {
            return real(path, options);
          }
          const at = '2026-01-31T12:00:00.123Z';
          if (options.method === 'POST') {
            window.posted.push(path);
            return Promise.resolve(new Response(JSON.stringify({at}), {status: 202}));
          }
          return Promise.resolve(new Response(JSON.stringify({at, complete: true, letters: window.letters})));
        };
        location.hash = '#/dead-letters';
        0
        """);
    browser.await("document.querySelectorAll('[aria-labelledby=letters] button').length === 2");
    assertThat(browser.text()).contains("shop.users id 7", "unstorable-value: it holds <b>");
    accessible("dead letters");

    click("Replay shop.users id 7");
    browser.await("document.body.innerText.includes('replay requested at')");
    browser.run("window.failAt('2026-01-31T12:00:09.000Z')");
    browser.await("document.querySelectorAll('[aria-labelledby=letters] button').length === 2");
    click("Drop shop.users id 7");
    assertThat(browser.run("document.activeElement.textContent").asText())
        .isEqualTo("Drop for good");
    assertThat(browser.run("window.posted.length").asInt()).isEqualTo(1);
    click("Drop for good shop.users id 7");
    browser.await("document.body.innerText.includes('dropped at')");
    assertThat(browser.run("window.posted"))
        .extracting(JsonNode::asText)
        .containsExactly(
            "/v1/dead-letters/job/unread_conversations/AQ/replay",
            "/v1/dead-letters/job/unread_conversations/AQ/drop");
  }

  private static void click(String label) {
    browser.run("document.querySelector('[aria-label=\"%s\"]').click()".formatted(label));
  }

  private static void accessible(String what) throws IOException {
    if (!browser.run("typeof window.axe === 'object'").asBoolean()) {
      try (InputStream axe = PageIT.class.getResourceAsStream(AXE)) {
        browser.run(new String(axe.readAllBytes(), StandardCharsets.UTF_8) + ";0");
      }
    }
    JsonNode violations =
        browser.run(
            "axe.run(document, {resultTypes: ['violations']}).then(result =>"
                + " result.violations.map(v => v.id + ': ' + v.help + ' '"
                + " + v.nodes.map(n => n.html.slice(0, 120)).join(' | ')))");
    List<String> found = new ArrayList<>();
    violations.forEach(violation -> found.add(violation.asText()));
    assertThat(found).as("axe's violations in %s", what).isEmpty();
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + reader.port() + path;
  }
}
