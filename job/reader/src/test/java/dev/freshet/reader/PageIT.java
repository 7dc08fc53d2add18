package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.servers.LocalServers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Drives the page in Chromium against a reader with real databases. Axe checks the accessibility of
 * each page. Machines without Chromium skip the test; CI must have it.
 */
class PageIT {
  private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  private static final String INSTALL =
      "Chromium is not installed; install it with: apt-get install -y chromium";

  private static World world;
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
    reader = Guarded.reader(world);
    browser = Browser.start(chromium.get());
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
      reader.close();
      world.close();
    }
  }

  @Test
  void showsWhatTheTokenAllowsAndComparesWithMysql() throws Exception {
    browser.show(1440, "light");
    browser.open(url("/"));
    browser.await("document.querySelector('#token-input') !== null");
    assertThat(browser.text())
        .contains("The views are shown with a token.", "Postgres", "No token")
        .doesNotContain(Guarded.VIEW);
    accessible("the overview without a token");

    browser.type("#token-input", "no token of this reader");
    browser.await("document.body.innerText.includes('The reader does not accept the token')");
    browser.run("document.querySelector('#token-input').value = ''");
    browser.type("#token-input", Guarded.READS_OTHER);
    browser.await("document.querySelectorAll('.stacks tbody tr').length === 1");
    assertThat(browser.text()).contains("notes_of", "Token reads").doesNotContain(Guarded.VIEW);

    browser.run("document.querySelector('#token button').click()");
    browser.await("document.querySelector('#token-input') !== null");
    browser.type("#token-input", Guarded.READS_VIEW);
    browser.await("document.querySelectorAll('.stacks tbody tr').length === 1");
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
    // The browser reports the response to the wrong token.
    assertThat(browser.errors())
        .allMatch(error -> error.contains("status of 401"))
        .hasSizeLessThanOrEqualTo(1);
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
    assertThat(browser.text()).contains("Both answers are the same", "no version");

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
