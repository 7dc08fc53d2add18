package dev.freshet.sandbox;

import dev.freshet.cli.status.HitRatio;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;

/** Computes a reader's hit ratio between two calls, for the status line. Not thread-safe. */
final class ReaderHits {
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
  private final String url;
  private HitRatio before = HitRatio.NONE;

  ReaderHits(String url) {
    this.url = url;
  }

  /**
   * Returns the hit ratio of the answers since the last call; a dash if there were none, or if the
   * reader does not respond.
   */
  String next() {
    try {
      HitRatio now = HitRatio.of(client, url);
      String ratio = now.since(before).print();
      before = now;
      return ratio;
    } catch (IOException e) {
      return HitRatio.NONE.print();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HitRatio.NONE.print();
    }
  }
}
