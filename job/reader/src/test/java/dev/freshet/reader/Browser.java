package dev.freshet.reader;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A headless Chromium with one tab, driven by the Chrome DevTools Protocol. It keeps what the tab
 * requests, and what it reports as an error.
 */
final class Browser implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String LISTENS = "DevTools listening on ";
  private static final long SECONDS = 60;

  private final Process process;
  private final Path profile;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final List<String> requested = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private String session = "";

  private Browser(Process process, Path profile, String url) throws Exception {
    this.process = process;
    this.profile = profile;
    this.socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(url), new Receiver())
            .get(SECONDS, TimeUnit.SECONDS);
    ObjectNode tab = JSON.createObjectNode().put("url", "about:blank");
    String target = call("Target.createTarget", tab).path("targetId").asText();
    ObjectNode attach = JSON.createObjectNode().put("targetId", target).put("flatten", true);
    session = call("Target.attachToTarget", attach).path("sessionId").asText();
    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
      call(domain + ".enable", JSON.createObjectNode());
    }
  }

  /** Returns the program; empty where Chromium is not installed. */
  static Optional<Path> program() {
    return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Browser start(Path program) throws Exception {
    Path profile = Files.createTempDirectory("chromium");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-extensions",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    List<String> seen = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(LISTENS)) {
        Thread rest = new Thread(() -> output.lines().forEach(ignored -> {}), "chromium-output");
        rest.setDaemon(true);
        rest.start();
        return new Browser(process, profile, line.substring(LISTENS.length()).strip());
      }
      seen.add(line);
    }
    throw new AssertionError("Chromium ended: " + seen);
  }

  /** Sets the width of the window in pixels, and the colour scheme. */
  void show(int width, String scheme) {
    call(
        "Emulation.setDeviceMetricsOverride",
        JSON.createObjectNode()
            .put("width", width)
            .put("height", 900)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
    ObjectNode media = JSON.createObjectNode();
    media.putArray("features").addObject().put("name", "prefers-color-scheme").put("value", scheme);
    call("Emulation.setEmulatedMedia", media);
  }

  /** Loads an address, also if only its fragment differs from that of the page. */
  void open(String url) {
    call("Page.navigate", JSON.createObjectNode().put("url", url));
    Soon.await(() -> run("document.readyState === 'complete'").asBoolean());
  }

  /** Runs a script in the page, awaits its result if that is a promise, and returns it. */
  JsonNode run(String script) {
    JsonNode result =
        call(
            "Runtime.evaluate",
            JSON.createObjectNode()
                .put("expression", script)
                .put("awaitPromise", true)
                .put("returnByValue", true)
                .put("userGesture", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(script + ": " + result.path("exceptionDetails"));
    }
    return result.path("result").path("value");
  }

  /** Waits until a script returns true. */
  void await(String script) {
    try {
      Soon.await(() -> run(script).asBoolean());
    } catch (RuntimeException e) {
      throw new AssertionError(script + " is not true on the page: " + text(), e);
    }
  }

  /** Returns the text that the page shows. */
  String text() {
    return run("document.body.innerText").asText();
  }

  /** Types a text into the field that a selector names, key by key, and presses Enter. */
  void type(String selector, String text) {
    run("document.querySelector('%s').focus()".formatted(selector));
    call("Input.insertText", JSON.createObjectNode().put("text", text));
    press("Enter", 13);
  }

  /** Presses a key. */
  void press(String key, int code) {
    ObjectNode event = JSON.createObjectNode().put("key", key).put("windowsVirtualKeyCode", code);
    if (key.equals("Enter")) {
      event.put("text", "\r");
    } else if (key.equals(" ")) {
      event.put("text", " ");
    }
    call("Input.dispatchKeyEvent", event.deepCopy().put("type", "keyDown"));
    event.remove("text");
    call("Input.dispatchKeyEvent", event.put("type", "keyUp"));
  }

  /** Returns the addresses that the tab has requested. */
  List<String> requested() {
    return List.copyOf(requested);
  }

  /** Returns the errors of the tab: exceptions, and what the browser blocked. */
  List<String> errors() {
    return List.copyOf(errors);
  }

  private JsonNode call(String method, JsonNode parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    calls.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", parameters);
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    try {
      socket.sendText(message.toString(), true).get(SECONDS, TimeUnit.SECONDS);
      JsonNode answered = answer.get(SECONDS, TimeUnit.SECONDS);
      if (answered.has("error")) {
        throw new AssertionError(method + ": " + answered.path("error"));
      }
      return answered.path("result");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError("Chromium does not answer " + method, e);
    }
  }

  private final class Receiver implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        receive(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void receive(String text) {
    JsonNode message;
    try {
      message = JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("Chromium sent what is no JSON: " + text, e);
    }
    if (message.has("id")) {
      calls.remove(message.path("id").asInt()).complete(message);
      return;
    }
    JsonNode parameters = message.path("params");
    switch (message.path("method").asText()) {
      case "Network.requestWillBeSent" ->
          requested.add(parameters.path("request").path("url").asText());
      case "Runtime.exceptionThrown" -> errors.add(parameters.path("exceptionDetails").toString());
      case "Log.entryAdded" -> {
        if (parameters.path("entry").path("level").asText().equals("error")) {
          errors.add(parameters.path("entry").toString());
        }
      }
      default -> {
        // Other events are of no interest.
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
