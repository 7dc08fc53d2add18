package dev.freshet.flow;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A text that the job's tasks need and that may be a secret. The job graph holds either the text,
 * or only the path of its file, which each task reads when it starts. {@link #toString} does not
 * show the text.
 */
public final class JobSecret implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The absolute path of the file; null if the job graph holds the text. */
  private final String file;

  private transient String text;

  private JobSecret(String text, String file) {
    this.text = Objects.requireNonNull(text, "text");
    this.file = file;
  }

  /** Creates a text that the job graph holds. */
  public static JobSecret of(String text) {
    return new JobSecret(text, null);
  }

  /**
   * Creates a text that tasks read from a file.
   *
   * @param text the file's content without spaces and line ends around it
   */
  public static JobSecret inFile(String text, Path file) {
    return new JobSecret(text, file.toAbsolutePath().normalize().toString());
  }

  /** Returns the text itself. */
  public String reveal() {
    return text;
  }

  /**
   * Returns the absolute path of the file that holds the text; empty if the job graph holds the
   * text.
   */
  public Optional<Path> file() {
    return Optional.ofNullable(file).map(Path::of);
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
    if (file == null) {
      out.writeObject(text);
    }
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    text = file == null ? (String) in.readObject() : content();
  }

  private String content() throws IOException {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw new IOException(
          "Secrets: file "
              + file
              + " cannot be read where a task starts ("
              + e.getClass().getSimpleName()
              + "); put it there, or set job.secrets: graph and submit the job again",
          e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JobSecret that
        && text.equals(that.text)
        && Objects.equals(file, that.file);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
