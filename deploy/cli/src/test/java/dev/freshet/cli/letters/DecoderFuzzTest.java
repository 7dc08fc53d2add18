package dev.freshet.cli.letters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.DecoderFuzz;
import dev.freshet.view.stream.LetterBuilder;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Mutated messages of the dead letters. */
class DecoderFuzzTest {
  private static final byte[] LETTER = LetterBuilder.user(42).job("job").build().toJson();

  @Test
  void letters() {
    LetterText text =
        new LetterText(new PrintWriter(Writer.nullWriter()), Instant.parse("2026-01-31T12:00:00Z"));
    DecoderFuzz.ofDenseEncodings()
        .with(
            "LetterBox",
            message -> {
              LetterBox box = new LetterBox("job");
              box.take("key", message);
              text.table(box.letters());
              box.letters().forEach(text::whole);
              text.jsonTable(box.letters());
              return box;
            },
            Set.of(),
            UnaryOperator.identity(),
            List.of(LETTER))
        .run();
  }

  @Test
  void aMessageThatIsNoLetterIsCounted() {
    LetterBox box = new LetterBox("job");
    for (String message : List.of("null", "[".repeat(100_000), "{\"row\":" + "9".repeat(9_000))) {
      box.take("key", message.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    assertThat(box.unreadable()).isEqualTo(3);
  }
}
