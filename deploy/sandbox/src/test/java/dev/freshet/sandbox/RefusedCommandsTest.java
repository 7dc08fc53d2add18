package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the command lines of {@code refused-commands.txt}: each prints the message given there, and
 * starts nothing.
 */
class RefusedCommandsTest {
  private static final String TABLE = "/refused-commands.txt";
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE unread (PRIMARY KEY (user_id, id) NOT ENFORCED)
      PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
      AS SELECT p.user_id, p.id FROM participants p
      """;

  @TempDir private Path folder;
  private ServerSocket taken;
  private final Map<String, String> placeholders = new LinkedHashMap<>();

  /** A command line without the program's name, its exit code, and its error output. */
  record Refusal(String command, int code, List<String> message) {
    @Override
    public String toString() {
      return command;
    }
  }

  static List<Refusal> refusals() throws IOException {
    try (var table = RefusedCommandsTest.class.getResourceAsStream(TABLE)) {
      String text = new String(table.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("\n\\$ freshet ", -1))
          .skip(1)
          .map(block -> block.strip().lines().toList())
          .map(
              lines ->
                  new Refusal(
                      lines.get(0), Integer.parseInt(lines.get(1)), lines.subList(2, lines.size())))
          .toList();
    }
  }

  @BeforeEach
  void prepare() throws IOException {
    taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    placeholders.put("{taken}", "" + taken.getLocalPort());
    views("good", VIEW);
    views("broken", VIEW.replace("SELECT", "SELEC"));
    views("two-broken", VIEW.replace("SELECT", "SELEC"), VIEW.replace("PARTITIONED", "PARTED"));
    views("empty");
    placeholders.put("{missing}", folder.resolve("missing").toString());
    placeholders.put("{home}", folder.resolve("home").toString());
  }

  private void views(String name, String... declarations) throws IOException {
    Path views = Files.createDirectory(folder.resolve(name));
    for (int i = 0; i < declarations.length; i++) {
      Files.writeString(views.resolve("view" + i + ".sql"), declarations[i]);
    }
    placeholders.put("{" + name + "}", views.toString());
  }

  @AfterEach
  void close() throws IOException {
    taken.close();
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void theMessageIsAsListed(Refusal refusal) {
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true))
            .execute(arguments(refusal.command()));

    assertThat(err.toString().lines().map(this::withPlaceholders).toList())
        .isEqualTo(refusal.message());
    assertThat(code).isEqualTo(refusal.code());
    assertThat(folder.resolve("home/supervisor.log")).doesNotExist();
    assertThat(folder.resolve("home/mysql")).doesNotExist();
  }

  private String[] arguments(String command) {
    List<String> arguments = new ArrayList<>();
    for (String argument : command.split(" ", -1)) {
      String value = argument;
      for (Map.Entry<String, String> placeholder : placeholders.entrySet()) {
        value = value.replace(placeholder.getKey(), placeholder.getValue());
      }
      arguments.add(value);
    }
    return arguments.toArray(String[]::new);
  }

  private String withPlaceholders(String line) {
    String result = line;
    for (Map.Entry<String, String> placeholder : placeholders.entrySet()) {
      result = result.replace(placeholder.getValue(), placeholder.getKey());
    }
    return result;
  }
}
