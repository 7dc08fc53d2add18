package dev.freshet.cli.rebuild;

import dev.freshet.store.RebuildsTable;
import dev.freshet.view.Version;
import java.time.Duration;
import java.time.Instant;

/** Prints rebuilds for the user. */
public final class RebuildText {
  private RebuildText() {}

  /** Returns the progress and the estimated remaining time. */
  public static String progress(RebuildsTable.Rebuild rebuild, Instant now) {
    if (rebuild.beganAt().isEmpty()) {
      return "the job has not started it yet";
    }
    if (rebuild.total() == 0) {
      return "it began";
    }
    if (rebuild.sent() >= rebuild.total()) {
      return "all %,d rows sent, the last are being written".formatted(rebuild.total());
    }
    String text =
        "%,d of %,d rows sent, %d%%"
            .formatted(rebuild.sent(), rebuild.total(), 100 * rebuild.sent() / rebuild.total());
    Duration since = Duration.between(rebuild.beganAt().get(), now);
    if (rebuild.sent() == 0 || since.isNegative()) {
      return text;
    }
    long left = since.toMillis() * (rebuild.total() - rebuild.sent()) / rebuild.sent();
    return text + ", about %d s left".formatted(Math.max(1, left / 1000));
  }

  /** Returns the reason of the rebuild. */
  public static String reason(RebuildsTable.Rebuild rebuild) {
    if (!rebuild.reason().equals(RebuildsTable.STORE_LOST)) {
      return "it was requested";
    }
    return "the store lost commits: the job had written %s, the store %s"
        .formatted(
            rebuild.lostFrom().isPresent() ? Version.print(rebuild.lostFrom().getAsLong()) : "more",
            rebuild.lostTo().isPresent()
                ? "had " + Version.print(rebuild.lostTo().getAsLong())
                : "had nothing");
  }
}
