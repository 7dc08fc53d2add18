package dev.freshet.sandbox;

import static java.util.stream.Collectors.joining;

import dev.freshet.cli.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file with which a supervisor reports to the command that started it: lines of progress, and at
 * the end that everything is ready, or why it failed. Lines of one report are appended together.
 * Thread-safe.
 */
public final class Journal {
  private final Path file;

  /** The kinds of lines. */
  public enum Kind {
    /** Progress. */
    STEP(""),
    /** The start is complete. */
    READY("READY "),
    /** The start failed, and everything was stopped. */
    FAILED("FAILED ");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }
  }

  /** A line of the journal. */
  public record Line(Kind kind, String text) {}

  public Journal(Path file) {
    this.file = file;
  }

  /** Deletes the lines of an earlier run. */
  public void clear() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new Failure("File " + file + " cannot be removed (" + e.getMessage() + ")", e);
    }
  }

  public void step(String text) {
    append(Kind.STEP, text);
  }

  public void ready(String text) {
    append(Kind.READY, text);
  }

  /**
   * Reports a failure.
   *
   * @param text one line for each problem
   */
  public void failed(String text) {
    append(Kind.FAILED, text);
  }

  private synchronized void append(Kind kind, String text) {
    String lines = text.lines().map(line -> kind.prefix + line + "\n").collect(joining());
    System.out.print(java.time.Instant.now() + " " + lines);
    try {
      Files.writeString(
          file,
          lines,
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new Failure("File " + file + " cannot be written (" + e.getMessage() + ")", e);
    }
  }

  /** Returns the complete lines after the first {@code seen} lines. */
  public List<Line> after(int seen) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1)
          .lines()
          .skip(seen)
          .map(Journal::line)
          .toList();
    } catch (IOException e) {
      throw new Failure("File " + file + " cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static Line line(String text) {
    for (Kind kind : new Kind[] {Kind.READY, Kind.FAILED}) {
      if (text.startsWith(kind.prefix)) {
        return new Line(kind, text.substring(kind.prefix.length()));
      }
    }
    return new Line(Kind.STEP, text);
  }
}
