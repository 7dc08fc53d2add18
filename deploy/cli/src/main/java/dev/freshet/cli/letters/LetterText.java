package dev.freshet.cli.letters;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.freshet.cli.Age;
import dev.freshet.view.stream.FailureMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints dead letters as text and as JSON. */
public final class LetterText {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final List<String> HEAD =
      List.of("id", "view", "table", "primary key", "reason", "attempts", "failed at", "message");
  private static final String LINE = "%-14s %s%n";

  private final PrintWriter out;
  private final Instant now;

  public LetterText(PrintWriter out, Instant now) {
    this.out = out;
    this.now = now;
  }

  /** Prints a table with one line for each letter. */
  public void table(List<FailureMessage> letters) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEAD);
    letters.forEach(letter -> lines.add(cells(letter)));
    int[] widths = new int[HEAD.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(line.get(i)).append(" ".repeat(widths[i] - line.get(i).length() + 2));
      }
      out.println(text.toString().stripTrailing());
    }
    out.flush();
  }

  private List<String> cells(FailureMessage letter) {
    return List.of(
        letter.row(),
        letter.view(),
        letter.table(),
        primaryKey(letter),
        letter.reason(),
        Integer.toString(letter.attempt()),
        failedAt(letter),
        plain(letter.message()));
  }

  /** Prints all details of a letter. */
  public void whole(FailureMessage letter) {
    out.printf(LINE, "id", letter.row());
    out.printf(LINE, "job", letter.job());
    out.printf(LINE, "view", letter.view());
    out.printf(LINE, "table", letter.table() + " (" + letter.alias() + " in the view's query)");
    out.printf(LINE, "primary key", primaryKey(letter));
    out.printf(LINE, "version", letter.version() + ", change " + letter.order());
    out.printf(LINE, "reason", letter.reason());
    out.printf(
        LINE,
        "touches",
        letter.placed() ? "the keys that need it" : "unknown keys, so its whole view is INVALID");
    out.printf(LINE, "message", plain(letter.message()));
    out.printf(LINE, "attempts", letter.attempt());
    out.printf(LINE, "failed at", failedAt(letter));
    out.printf(
        LINE,
        "image",
        letter.image() != null
            ? json(letter.image())
            : letter.imageOmitted()
                ? "left out, because it has more than %,d bytes"
                    .formatted(FailureMessage.MOST_IMAGE)
                : "nothing could be read of the row");
    out.flush();
  }

  /** Prints the messages of the topic in a JSON array. */
  public void jsonTable(List<FailureMessage> letters) {
    out.println(json(letters.stream().map(LetterText::tree).toList()));
    out.flush();
  }

  /** Prints the message of the topic. */
  public void jsonWhole(FailureMessage letter) {
    out.println(json(tree(letter)));
    out.flush();
  }

  /** Returns a short description of a letter's row. */
  public static String row(FailureMessage letter) {
    return letter.table() + " " + primaryKey(letter) + " of view " + letter.view();
  }

  /** Returns why a letter's row failed, in one line. */
  public static String why(FailureMessage letter) {
    return letter.reason() + ": " + plain(letter.message());
  }

  private static String primaryKey(FailureMessage letter) {
    return letter.primaryKey().properties().stream()
        .map((Map.Entry<String, JsonNode> column) -> column.getKey() + "=" + column.getValue())
        .collect(Collectors.joining(", "));
  }

  private String failedAt(FailureMessage letter) {
    Instant at = Instant.parse(letter.failedAt());
    return "%s (%s ago)"
        .formatted(at.truncatedTo(ChronoUnit.SECONDS), Age.print(Duration.between(at, now)));
  }

  /** Replaces control characters, so that a database's message fits in one line. */
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }

  private static JsonNode tree(FailureMessage letter) {
    try {
      return JSON.readTree(letter.toJson());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
