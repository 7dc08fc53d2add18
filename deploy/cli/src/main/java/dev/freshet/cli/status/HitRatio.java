package dev.freshet.cli.status;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;

/**
 * The share of a reader's answers that came from the projection, by the reader's metrics.
 *
 * @param hits the number of fresh answers from the projection
 * @param answers the number of all answers
 */
public record HitRatio(long hits, long answers) {
  /** The ratio before the first answer. */
  public static final HitRatio NONE = new HitRatio(0, 0);

  private static final String COUNTER = "freshet_reader_answers_total{";
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  public HitRatio {
    if (hits < 0 || hits > answers) {
      throw new IllegalArgumentException(hits + " hits of " + answers + " answers");
    }
  }

  /**
   * Reads a reader's counts since its start.
   *
   * @throws IOException if the reader does not answer
   */
  public static HitRatio of(HttpClient client, String readerUrl)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(readerUrl + "/metrics")).timeout(TIMEOUT).build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("/metrics returned status " + response.statusCode());
    }
    return in(response.body());
  }

  /** Parses the counts from a reader's metrics in the text format of Prometheus. */
  static HitRatio in(String metrics) {
    long hits = 0;
    long answers = 0;
    for (String line : metrics.lines().filter(each -> each.startsWith(COUNTER)).toList()) {
      long count = (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      answers += count;
      if (line.contains("source=\"projection\"") && line.contains("reason=\"none\"")) {
        hits += count;
      }
    }
    return new HitRatio(hits, answers);
  }

  /**
   * Returns the difference to an earlier count; the whole count if the reader was restarted
   * meanwhile.
   */
  public HitRatio since(HitRatio before) {
    boolean continues = hits >= before.hits && answers - hits >= before.answers - before.hits;
    return continues ? new HitRatio(hits - before.hits, answers - before.answers) : this;
  }

  /** Returns the ratio in percent, rounded down so that 100% means all; a dash without answers. */
  public String print() {
    return answers == 0
        ? "–"
        : String.format(Locale.ROOT, "%.1f%%", Math.floor(1000.0 * hits / answers) / 10);
  }
}
