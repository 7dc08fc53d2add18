package dev.freshet.reader.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the page is served as browsers need it, and nothing else with it. */
class PageFilesTest {
  private static final Path FOLDER = Path.of("src/main/resources/page");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static ApiFixture api;

  @BeforeAll
  static void start() throws ListenSocket.Taken {
    api = ApiFixture.start(ApiFixture.LIMITS);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8",
    "/page/app.js, text/javascript; charset=utf-8",
    "/page/page.css, text/css; charset=utf-8",
    "/page/icon.svg, image/svg+xml",
    "/page/uPlot.iife.min.js, text/javascript; charset=utf-8"
  })
  void servesFilesWithoutATokenAndWithStrictHeaders(String path, String mediaType)
      throws Exception {
    HttpResponse<String> response = get(path);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isNotEmpty();
    assertThat(header(response, "Content-Type")).isEqualTo(mediaType);
    assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(response, "Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(header(response, "Cache-Control")).isEqualTo("no-cache");
    assertThat(header(response, "Content-Security-Policy"))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "http:", "https:", "*");
  }

  @Test
  void servesEveryFileOfTheFolderAndEveryFileThatThePageNames() throws Exception {
    List<String> names;
    try (Stream<Path> files = Files.list(FOLDER)) {
      names = files.map(file -> file.getFileName().toString()).toList();
    }
    assertThat(names)
        .contains("index.html")
        .filteredOn(name -> !name.equals("index.html"))
        .containsExactlyInAnyOrderElementsOf(PageFiles.OWN);
    for (String path : named("index.html", "(?:src|href)=\"(/[^\"]*)\"")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(200);
    }
    for (String name : names) {
      for (String imported : named(name, "from '\\./([^']*)'")) {
        assertThat(get("/page/" + imported).statusCode()).as(imported).isEqualTo(200);
      }
    }
  }

  @Test
  void thePageNamesNoOtherHostAndHasNoInlineScriptOrStyle() throws Exception {
    for (String name : Stream.concat(Stream.of("index.html"), PageFiles.OWN.stream()).toList()) {
      String text =
          Files.readString(FOLDER.resolve(name)).replace("http://www.w3.org/2000/svg", "");
      assertThat(text).as(name).doesNotContain("http://", "https://", "innerHTML =", "eval(");
    }
    assertThat(Files.readString(FOLDER.resolve("index.html")))
        .doesNotContain("<style", " style=", " onclick=")
        .doesNotContainPattern("<script(?![^>]* src=)");
  }

  @Test
  void aKnownFileIsNotSentAgain() throws Exception {
    String etag = header(get("/page/app.js"), "ETag");
    assertThat(etag).matches("\"[\\w-]{43}\"");

    for (String known : List.of(etag, "\"other\", W/" + etag, "*")) {
      HttpResponse<String> response = get("/page/app.js", "If-None-Match", known);
      assertThat(response.statusCode()).as(known).isEqualTo(304);
      assertThat(response.body()).isEmpty();
      assertThat(header(response, "ETag")).isEqualTo(etag);
      assertThat(response.headers().firstValue("Content-Type")).isEmpty();
      assertThat(header(response, "Content-Security-Policy")).contains("default-src 'none'");
    }
    assertThat(get("/page/app.js", "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/page",
        "/page/",
        "/page/none.js",
        "/page/index.html",
        "/page/app.js/",
        "/page//app.js",
        "/page/../openapi.yaml",
        "/page/../page/app.js",
        "/page/%2e%2e/simplelogger.properties",
        "/page/..%2fsimplelogger.properties",
        "/page/app%2Ejs",
        "/META-INF/MANIFEST.MF",
        "/simplelogger.properties",
        "/index.html",
        "//"
      })
  void everyOtherPathIsUnknown(String path) throws Exception {
    HttpResponse<String> response = get(path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).contains("urn:freshet:problem:unknown-route");
  }

  @Test
  void aPathWithANulIsNotHttp() throws Exception {
    assertThat(get("/page/app.js%00").statusCode()).isEqualTo(400);
  }

  @Test
  void aQueryIsIgnoredAndOtherMethodsAreRefused() throws Exception {
    assertThat(get("/?from=mail").statusCode()).isEqualTo(200);
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(uri("/")).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(header(response, "Allow")).isEqualTo("GET");
  }

  private static List<String> named(String file, String pattern) throws Exception {
    return Pattern.compile(pattern)
        .matcher(Files.readString(FOLDER.resolve(file)))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElseThrow();
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + api.port() + path);
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(10));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
