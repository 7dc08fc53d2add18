package dev.freshet.reader.access;

import static dev.freshet.reader.access.JwtBuilder.jwt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.Soon;
import dev.freshet.reader.secret.SecretText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTest {
  private static final String LIST =
      "{\"tokens\":[{\"name\":\"a\",\"token\":\"%s\",\"scopes\":[\"read:*\"]}]}";

  @TempDir private Path folder;

  @Test
  void theHeaderMustHaveABearerToken() {
    try (Guard guard = new Guard(Access.by("0123456789"))) {
      assertThat(guard.grant("Bearer 0123456789")).hasValue(Grant.ALL);
      assertThat(guard.grant("bearer  0123456789 ")).hasValue(Grant.ALL);
      for (String header :
          new String[] {
            null,
            "",
            "0123456789",
            "Basic 0123456789",
            "Bearer",
            "Bearer ",
            "Bearer 012345678",
            "Bearer 01234567890"
          }) {
        assertThat(guard.grant(header)).as(String.valueOf(header)).isEmpty();
      }
    }
  }

  @Test
  void changedFilesAreReloadedAndBrokenOnesIgnored() throws IOException {
    Path tokens = Files.writeString(folder.resolve("tokens"), LIST.formatted("first-token"));
    Path keys = Files.writeString(folder.resolve("keys"), JwtBuilder.SECRET);
    Access access =
        new Access(
            Optional.empty(),
            Optional.of(new SecretText.InFile("TOKENS_FILE", tokens)),
            Optional.of(
                new Access.Signed(
                    Optional.empty(),
                    Optional.of(new SecretText.InFile("SECRET_FILE", keys)),
                    Optional.empty(),
                    Optional.empty())));
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (Guard guard = new Guard(access)) {
      assertThat(guard.grant("Bearer first-token")).isPresent();

      Files.writeString(tokens, LIST.formatted("second-token"));
      Soon.await(() -> guard.grant("Bearer second-token").isPresent());
      assertThat(guard.grant("Bearer first-token")).isEmpty();

      Files.writeString(tokens, "{\"tokens\": hush-hush}");
      Soon.await(() -> text(log).contains("The previous tokens stay in force"));
      assertThat(guard.grant("Bearer second-token")).isPresent();
      Files.delete(tokens);
      Soon.await(() -> text(log).contains("cannot read the file " + tokens));
      assertThat(guard.grant("Bearer second-token")).isPresent();

      // A new key only takes effect when all files are valid again.
      Files.writeString(keys, "another-secret-of-at-least-32-bytes!!");
      Files.writeString(tokens, LIST.formatted("third-token"));
      Soon.await(() -> guard.grant("Bearer third-token").isPresent());
      assertThat(guard.grant("Bearer " + jwt().signed())).isEmpty();
      assertThat(guard.grant("Bearer " + jwt().signed("another-secret-of-at-least-32-bytes!!")))
          .isPresent();
    } finally {
      System.setErr(before);
    }
    assertThat(text(log).lines().filter(line -> line.contains("previous tokens stay in force")))
        .as("each trouble once: %s", text(log))
        .hasSize(2);
    assertThat(text(log))
        .contains("Tokens were loaded: 1 listed, and those signed with HS256 secret");
    assertThat(text(log)).doesNotContain("hush", "first-token", "second-token", "secret-of");
  }

  @Test
  void withoutUsableTokensEveryRequestIsRefused() {
    Access access =
        new Access(
            Optional.of(new SecretText.InFile("TOKEN_FILE", folder.resolve("absent"))),
            Optional.empty(),
            Optional.empty());
    try (Guard guard = new Guard(access)) {
      assertThat(guard.grant("Bearer ")).isEmpty();
      assertThat(guard.grant("Bearer absent")).isEmpty();
    }
  }

  private static String text(ByteArrayOutputStream log) {
    return log.toString(StandardCharsets.UTF_8);
  }
}
