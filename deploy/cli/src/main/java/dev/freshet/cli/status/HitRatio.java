package dev.freshet.cli.status;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;

/**
 * How many of a reader's answers the projection gave, by the reader's own count.
 *
 * @param hits answers from a projection that was fresh
 * @param answers all that were given
 */
public record HitRatio(long hits, long answers) {
  /** Of a reader that has not answered yet. */
  public static final HitRatio NONE = new HitRatio(0, 0);

  private static final String COUNTER = "freshet_reader_answers_total{";
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  public HitRatio {
    if (hits < 0 || hits > answers) {
      throw new IllegalArgumentException(hits + " hits of " + answers + " answers");
    }
  }

  /**
   * Asks a reader for what it has counted since it started.
   *
   * @throws IOException when it does not answer
   */
  public static HitRatio of(HttpClient client, String readerUrl)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(readerUrl + "/metrics")).timeout(TIMEOUT).build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("/metrics says " + response.statusCode());
    }
    return in(response.body());
  }

  /** The counts in a reader's metrics, in Prometheus' text form. */
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

  /** What came since; all of it when the reader was started anew meanwhile. */
  public HitRatio since(HitRatio before) {
    boolean goesOn = hits >= before.hits && answers - hits >= before.answers - before.hits;
    return goesOn ? new HitRatio(hits - before.hits, answers - before.answers) : this;
  }

  /** In percent, rounded down so that 100% means all. */
  public String print() {
    return answers == 0
        ? "–"
        : String.format(Locale.ROOT, "%.1f%%", Math.floor(1000.0 * hits / answers) / 10);
  }
}
