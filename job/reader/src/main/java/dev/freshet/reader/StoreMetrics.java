package dev.freshet.reader;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The store's figures as gauges; {@link ReaderMetrics} lists the names. Figures that the store did
 * not return are absent. Ages increase between two reads of the store.
 */
public final class StoreMetrics {
  private final InstantSource clock;
  private final MultiGauge changes;
  private final MultiGauge invalidKeys;
  private final MultiGauge invalidViews;
  private final MultiGauge backlogRows;
  private final MultiGauge backlogOldest;
  private final MultiGauge lag;
  private final MultiGauge verifications;
  private final MultiGauge mismatches;
  private final MultiGauge verificationAge;
  private volatile StoreFigures figures = StoreFigures.NONE;

  StoreMetrics(MeterRegistry registry, InstantSource clock) {
    this.clock = clock;
    this.changes = gauge(registry, "changes", "Row changes that the job received, by outcome");
    this.invalidKeys = gauge(registry, "invalid.keys", "Invalid keys");
    this.invalidViews =
        gauge(registry, "invalid.view", "Whether the view is INVALID as a whole, 0 or 1");
    this.backlogRows = gauge(registry, "backlog.rows", "Rows that wait for a retry");
    this.backlogOldest =
        gauge(registry, "backlog.oldest.seconds", "How long the oldest of these rows has waited");
    this.lag = gauge(registry, "lag.seconds", "Age of the oldest data in the store");
    this.verifications =
        gauge(registry, "verifications", "Comparisons of keys with MySQL, by outcome");
    this.mismatches =
        gauge(registry, "mismatched.keys", "Keys that differed from MySQL when last compared");
    this.verificationAge =
        gauge(
            registry, "verification.age.seconds", "Time since keys were last compared with MySQL");
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
    return MultiGauge.builder("freshet.store." + name).description(description).register(registry);
  }

  /** Replaces the figures. Gauges without a figure are removed. */
  public void show(StoreFigures now) {
    figures = now;
    rows(changes, now.changes().keySet(), of -> tags(of, "outcome"), this::changes);
    rows(invalidKeys, now.invalidKeys().keySet(), of -> tags(of, "reason"), this::invalidKeys);
    rows(invalidViews, now.invalidViews().keySet(), view -> Tags.of("view", view), this::invalid);
    rows(backlogRows, now.backlogs().keySet(), StoreMetrics::job, this::backlogRows);
    rows(backlogOldest, now.backlogs().keySet(), StoreMetrics::job, this::backlogOldest);
    rows(lag, now.asOf().keySet(), StoreMetrics::job, this::lag);
    List<StoreFigures.Of> outcomes = new ArrayList<>();
    now.verifications()
        .forEach(
            (view, verification) ->
                verification
                    .outcomes()
                    .keySet()
                    .forEach(outcome -> outcomes.add(new StoreFigures.Of(view, outcome))));
    rows(verifications, outcomes, of -> tags(of, "outcome"), this::verifications);
    rows(mismatches, now.verifications().keySet(), view -> Tags.of("view", view), this::mismatches);
    rows(
        verificationAge,
        now.verifications().keySet(),
        view -> Tags.of("view", view),
        this::verificationAge);
  }

  /**
   * Registers the rows of a gauge. Existing rows are kept, so that no scrape misses them; they look
   * up their current value.
   */
  private <T> void rows(
      MultiGauge gauge, Collection<T> all, Function<T, Tags> tags, ToDoubleFunction<T> value) {
    gauge.register(
        all.stream()
            .<MultiGauge.Row<?>>map(of -> MultiGauge.Row.of(tags.apply(of), of, value))
            .toList());
  }

  private static Tags tags(StoreFigures.Of of, String what) {
    return Tags.of("view", of.view(), what, of.what());
  }

  private static Tags job(String job) {
    return Tags.of("job", job);
  }

  private double changes(StoreFigures.Of of) {
    return number(figures.changes().get(of));
  }

  private double invalidKeys(StoreFigures.Of of) {
    return number(figures.invalidKeys().get(of));
  }

  private double invalid(String view) {
    return figures.invalidViews().getOrDefault(view, false) ? 1 : 0;
  }

  private double backlogRows(String job) {
    StoreFigures.Backlog backlog = figures.backlogs().get(job);
    return backlog == null ? Double.NaN : backlog.rows();
  }

  private double backlogOldest(String job) {
    StoreFigures.Backlog backlog = figures.backlogs().get(job);
    return backlog == null ? Double.NaN : backlog.oldest().map(this::secondsSince).orElse(0.0);
  }

  private double lag(String job) {
    return figures
        .asOf()
        .getOrDefault(job, Optional.empty())
        .map(this::secondsSince)
        .orElse(Double.NaN);
  }

  private double verifications(StoreFigures.Of of) {
    StoreFigures.Verification verification = figures.verifications().get(of.view());
    return verification == null ? Double.NaN : number(verification.outcomes().get(of.what()));
  }

  private double mismatches(String view) {
    StoreFigures.Verification verification = figures.verifications().get(view);
    return verification == null ? Double.NaN : verification.mismatches();
  }

  private double verificationAge(String view) {
    StoreFigures.Verification verification = figures.verifications().get(view);
    return verification == null ? Double.NaN : secondsSince(verification.at());
  }

  private double secondsSince(Instant then) {
    return Math.max(0, Duration.between(then, clock.instant()).toMillis()) / 1000.0;
  }

  private static double number(Long value) {
    return value == null ? Double.NaN : value;
  }
}
