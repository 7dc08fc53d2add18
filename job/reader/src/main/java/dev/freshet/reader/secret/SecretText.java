package dev.freshet.reader.secret;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Where a secret text is. No readable form shows it. */
public sealed interface SecretText {
  /** What it is called in messages, such as {@code freshet.yaml line 3: reader.token-file}. */
  String name();

  /**
   * The text as it is now, without white space around it.
   *
   * @throws BadSecret when there is none
   */
  String read() throws BadSecret;

  /** A text that stays. */
  record Given(String name, String text) implements SecretText {
    public Given {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(text, "text");
    }

    @Override
    public String read() {
      return text;
    }

    @Override
    public String toString() {
      return "(secret)";
    }
  }

  /** A file that may change. */
  record InFile(String name, Path file) implements SecretText {
    public InFile {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(file, "file");
    }

    @Override
    public String read() throws BadSecret {
      String content;
      try {
        content = Files.readString(file).strip();
      } catch (CharacterCodingException e) {
        throw new BadSecret("%s: the file %s is no text; write it anew".formatted(name, file));
      } catch (IOException e) {
        throw new BadSecret(
            "%s: cannot read the file %s (%s); check path and rights"
                .formatted(name, file, e.getClass().getSimpleName()));
      }
      if (content.isEmpty()) {
        throw new BadSecret(
            "%s: the file %s is empty; write the secret into it".formatted(name, file));
      }
      return content;
    }
  }
}
