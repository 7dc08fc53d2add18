package dev.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTextTest {
  private final StringWriter out = new StringWriter();
  private Optional<Status.Verification> verification = Optional.empty();
  private Optional<Status.ReaderState> reader = Optional.empty();
  private Optional<Status.RocksDb> rocksDb = Optional.empty();

  @Test
  void theRetryBacklogIsShownWithItsAge() {
    print(Optional.of(new Status.Backlog(1234, 150_000)));
    assertThat(out.toString())
        .contains("changes: 9 applied, 1 superseded, 2 waiting, 3 dead")
        .containsPattern("to be tried again +1,234 rows, the oldest for 2 min 30 s");
  }

  @Test
  void anEmptyBacklogIsShown() {
    print(Optional.of(new Status.Backlog(0, 0)));
    assertThat(out.toString()).containsPattern("to be tried again +no rows");
  }

  @Test
  void theVerificationResultIsShownWithItsAge() {
    verification =
        Optional.of(new Status.Verification("", 150_000, 12_345, 2, 1, 3, List.of("42/7")));
    print(Optional.empty());
    assertThat(out.toString())
        .contains(
            "compared with MySQL: 12,345 verified, 2 inconclusive, 1 mismatched, 3 not served;"
                + " last 2 min 30 s ago");
  }

  @Test
  void figuresThatAnOlderStoreLacksAreNotShown() {
    print(Optional.empty());
    assertThat(out.toString()).doesNotContain("tried again").doesNotContain("compared");
  }

  @Test
  void theReadersHitRatioIsShown() {
    reader =
        Optional.of(
            new Status.ReaderState(
                "http://r", true, "all up", Optional.of(new HitRatio(1998, 2000))));
    print(Optional.empty());
    assertThat(out.toString())
        .containsPattern("reader +http://r, all up\n")
        .contains("hit ratio 99.9%: 1,998 of 2,000 answers from the projection since its start");
  }

  @Test
  void rocksDbsCacheIsShownBesideTheState() {
    rocksDb = Optional.of(new Status.RocksDb(3L << 30, 853L << 20, 850L << 20, 2));
    print(Optional.empty());
    assertThat(out.toString())
        .containsPattern(
            "rocksdb +3.00 GiB of state in files, 850 MiB of a cache of 853 MiB in use in each of 2"
                + " slots");
  }

  private void print(Optional<Status.Backlog> backlog) {
    Status.View view =
        new Status.View(
            "unread",
            1,
            5000,
            "VALID",
            1,
            1,
            false,
            Map.of(),
            new Status.Changes(9, 1, 2, 3, 0),
            verification);
    new StatusText(new PrintWriter(out))
        .print(
            new Status(
                List.of(),
                Optional.empty(),
                Optional.empty(),
                rocksDb,
                Optional.empty(),
                Optional.empty(),
                List.of(view),
                backlog,
                reader,
                List.of()));
  }
}
