package dev.freshet.cli.status;

import static dev.freshet.store.StoreTables.orIfMissing;

import dev.freshet.cli.Databases;
import dev.freshet.config.Config;
import dev.freshet.store.BacklogTable;
import dev.freshet.store.CatalogueTable;
import dev.freshet.store.ChangeCounts;
import dev.freshet.store.CountsTable;
import dev.freshet.store.FaultsTable;
import dev.freshet.store.ProgressTable;
import dev.freshet.store.RangeProgress;
import dev.freshet.store.RebuildsTable;
import dev.freshet.store.TopicsTable;
import dev.freshet.store.VerificationTable;
import dev.freshet.store.ViewFigures;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.StoredDeclaration;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the status of a job and its views from the store. A store without tables counts as empty.
 */
final class StoreStatus implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final Connection postgres;
  private final String schema;
  private final String job;

  StoreStatus(Config config) throws SQLException {
    this.schema = config.store().schema();
    this.job = config.job().name();
    this.postgres = Databases.postgres(config.store(), ANSWER);
  }

  /** The progress of all writers, and whether all of them have completed their first flush. */
  record Reached(Status.Progress progress, boolean handedOver) {}

  /** Returns the progress of the job's writers; empty before the first has written. */
  Optional<Reached> progress() throws SQLException {
    List<RangeProgress> ranges = ranges(job);
    if (ranges.isEmpty()) {
      return Optional.empty();
    }
    RangeProgress lowest =
        ranges.stream().min(Comparator.comparingLong(RangeProgress::position)).orElseThrow();
    Optional<Instant> asOf = RangeProgress.asOf(ranges);
    return Optional.of(
        new Reached(
            new Status.Progress(
                lowest.printedPosition(),
                asOf.orElse(Instant.EPOCH).toString(),
                asOf.map(StoreStatus::age).orElse(-1L),
                ranges.size()),
            ranges.stream().allMatch(RangeProgress::handedOver)));
  }

  private List<RangeProgress> ranges(String job) throws SQLException {
    return orIfMissing(List.of(), () -> new ProgressTable(schema).ranges(postgres, job));
  }

  /** Returns the active views of all jobs that write to the schema. */
  List<Status.View> views() throws SQLException {
    List<Status.View> views = new ArrayList<>();
    Map<String, VerificationTable.Result> verified =
        orIfMissing(Map.of(), () -> new VerificationTable(schema).read(postgres));
    for (CatalogueTable.Entry entry :
        orIfMissing(
            List.<CatalogueTable.Entry>of(), () -> new CatalogueTable(schema).active(postgres))) {
      views.add(view(entry, Optional.ofNullable(verified.get(entry.view()))));
    }
    return views;
  }

  /** Returns the views that can no longer be maintained, by name, with the reasons. */
  Map<String, String> faults() throws SQLException {
    Map<String, String> faults = new TreeMap<>();
    orIfMissing(
            Map.<String, FaultsTable.Fault>of(), () -> new FaultsTable(schema).read(postgres, job))
        .forEach((view, fault) -> faults.put(view, fault.message() + " (" + fault.reason() + ")"));
    return faults;
  }

  /** Returns the rebuilds from state that are not complete. */
  List<RebuildsTable.Rebuild> rebuilds() throws SQLException {
    return orIfMissing(List.of(), () -> new RebuildsTable(schema).open(postgres, job));
  }

  /** Returns the topics that were found to be lost when the job was last submitted. */
  List<String> lostTopics() throws SQLException {
    return orIfMissing(List.of(), () -> new TopicsTable(schema).lost(postgres, job));
  }

  /** Returns the rows that wait for a retry; empty before the job has written them. */
  Optional<Status.Backlog> backlog() throws SQLException {
    return orIfMissing(
            Optional.<BacklogTable.Waiting>empty(),
            () -> new BacklogTable(schema).read(postgres, job))
        .map(
            waiting ->
                new Status.Backlog(
                    waiting.waiting(), waiting.oldest().map(StoreStatus::age).orElse(0L)));
  }

  private Status.View view(CatalogueTable.Entry entry, Optional<VerificationTable.Result> verified)
      throws SQLException {
    ViewPlan plan = StoredDeclaration.plan(entry.declaration(), entry.tables());
    ViewFigures figures = new ViewFigures(plan, schema, entry.generation());
    ViewFigures.Size size = figures.size(postgres);
    return new Status.View(
        entry.view(),
        entry.generation(),
        plan.freshness().toMillis(),
        state(entry.view(), ranges(entry.job())),
        size.keys(),
        size.entries(),
        size.estimated(),
        figures.invalidKeys(postgres, Integer.MAX_VALUE),
        changes(entry),
        verified.map(StoreStatus::verification));
  }

  private static String state(String view, List<RangeProgress> ranges) {
    boolean served =
        !ranges.isEmpty() && ranges.stream().allMatch(range -> range.of(view, "").isServed());
    if (!served) {
      return "BUILDING";
    }
    boolean invalid = ranges.stream().anyMatch(range -> range.invalid().containsKey(view));
    return invalid ? "INVALID" : "VALID";
  }

  private Status.Changes changes(CatalogueTable.Entry entry) throws SQLException {
    ChangeCounts counts =
        orIfMissing(
                Map.<String, ChangeCounts>of(),
                () -> new CountsTable(schema).sums(postgres, entry.job()))
            .getOrDefault(entry.view(), ChangeCounts.NONE);
    return new Status.Changes(
        counts.applied(), counts.superseded(), counts.waiting(), counts.dead(), counts.entries());
  }

  private static Status.Verification verification(VerificationTable.Result result) {
    return new Status.Verification(
        result.at().toString(),
        age(result.at()),
        result.verified(),
        result.inconclusive(),
        result.mismatched(),
        result.notServed(),
        result.open());
  }

  /** Returns the milliseconds since a time; 0 if it is ahead of this machine's clock. */
  private static long age(Instant at) {
    return Math.max(0, System.currentTimeMillis() - at.toEpochMilli());
  }

  @Override
  public void close() throws SQLException {
    postgres.close();
  }
}
