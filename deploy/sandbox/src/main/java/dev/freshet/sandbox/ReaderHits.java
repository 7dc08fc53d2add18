package dev.freshet.sandbox;

import dev.freshet.cli.status.HitRatio;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;

/** A reader's hit ratio between one look and the next, for a line that is printed every second. */
final class ReaderHits {
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
  private final String url;
  private HitRatio before = HitRatio.NONE;

  ReaderHits(String url) {
    this.url = url;
  }

  /** Of the answers since the last call; a dash when there was none, or nobody could say. */
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
