package dev.freshet.reader.secret;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The source of a secret text. {@code toString()} never shows the secret. */
public sealed interface SecretText {
  /**
   * Returns the name of the source in messages, such as {@code freshet.yaml line 3:
   * reader.token-file}.
   */
  String name();

  /**
   * Reads the current text and strips white space around it.
   *
   * @throws BadSecret if the text cannot be read or is empty
   */
  String read() throws BadSecret;

  /** A constant text. */
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

  /** A secret in a file. {@link #read} reads the file each time, because its content may change. */
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
        throw new BadSecret("%s: the file %s is not text; write it again".formatted(name, file));
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
