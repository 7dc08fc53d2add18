package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The demo starts by itself, is quick, is small, and leaves nothing behind. */
class DemoIT {
  private static final Pattern STARTED =
      Pattern.compile(" *([0-9.]+) s  reads are served from the projection");
  private static final Pattern STATUS =
      Pattern.compile(
          " *[0-9.]+ s  ([0-9,]+) transactions .* p50 (\\d+) ms p99 (\\d+) ms .*"
              + " projection ([0-9,]+), mysql ([0-9,]+), none ([0-9,]+) · hit ratio (?:–|[0-9.]+%) · verified ([0-9,]+), mismatched ([0-9,]+) · (.*) resident");
  private static final int SECONDS = FULL ? 20 : 12;
  private static final int AT_MOST = FULL ? 60 : SECONDS;
  private static final int P50_MS = 60;
  private static final int P99_MS = 250;

  private final Launcher launcher = new Launcher("demo");

  @AfterEach
  void down() throws Exception {
    launcher.run("down");
  }

  @Test
  void itIsQuickAndSmallAndCtrlCStopsAllOfIt() throws Exception {
    Launcher.Started demo = launcher.start("demo");
    assertThat(
            Launcher.await(
                Duration.ofMinutes(4),
                () -> !demo.process().isAlive() || enough(status(demo.lines()))))
        .as("%s", demo.lines())
        .isTrue();
    assertThat(demo.process().isAlive()).as("%s", demo.lines()).isTrue();
    List<Matcher> status = status(demo.lines());
    Matcher last = status.get(status.size() - 1);
    System.out.println(last.group());

    // Figures for a quiet machine are measured by hand; here they only must not be absurd.
    System.out.printf(
        "start %.1f s, best ten seconds: p50 %d ms, p99 %d ms%n",
        started(demo.lines()), best(status, 2), best(status, 3));
    assertThat(started(demo.lines())).as("seconds to start").isLessThan(240);
    assertThat(best(status, 2)).as("p50 in milliseconds").isLessThanOrEqualTo(1_000);
    assertThat(number(last.group(1))).as("transactions").isGreaterThan(SECONDS * 20L);
    assertThat(number(last.group(6))).as("requests without an answer").isZero();
    assertThat(number(last.group(4))).as("answers from the projection").isGreaterThan(100);
    assertThat(number(last.group(7))).as("keys that equal MySQL's").isGreaterThan(SECONDS);
    assertThat(number(last.group(8))).as("keys that do not").isZero();
    assertThat(gib(last.group(9))).as("resident memory").isLessThanOrEqualTo(4.0);

    assertThat(new ProcessBuilder("kill", "-INT", "" + demo.process().pid()).start().waitFor())
        .isZero();
    demo.end(Duration.ofSeconds(60));
    assertThat(demo.lines()).anyMatch(line -> line.contains("all stopped"));
    assertThat(Launcher.await(Duration.ofSeconds(60), () -> launcher.processes().isEmpty()))
        .as("%s", launcher.processes())
        .isTrue();
  }

  private static double started(List<String> lines) {
    return lines.stream()
        .map(STARTED::matcher)
        .filter(Matcher::matches)
        .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)))
        .findFirst()
        .orElseThrow();
  }

  private static List<Matcher> status(List<String> lines) {
    return lines.stream().map(STATUS::matcher).filter(Matcher::matches).toList();
  }

  /** A machine that does other things as well gets longer for ten quiet seconds. */
  private static boolean enough(List<Matcher> status) {
    return status.size() >= AT_MOST
        || (status.size() >= SECONDS && best(status, 2) <= P50_MS && best(status, 3) <= P99_MS);
  }

  private static long best(List<Matcher> status, int group) {
    return status.stream()
        .skip(10)
        .mapToLong(line -> number(line.group(group)))
        .min()
        .orElseThrow();
  }

  private static long number(String text) {
    return Long.parseLong(text.replace(",", ""));
  }

  private static double gib(String text) {
    double value = Double.parseDouble(text.replaceFirst(" .*", ""));
    return text.endsWith("GiB") ? value : value / 1024;
  }
}
