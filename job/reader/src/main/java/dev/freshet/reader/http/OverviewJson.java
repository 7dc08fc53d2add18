package dev.freshet.reader.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.freshet.reader.Overview;
import dev.freshet.reader.StoreFigures;
import dev.freshet.reader.access.Grant;
import dev.freshet.reader.answer.Fallback;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.flink.FlinkFigures;
import dev.freshet.store.RangeProgress;
import dev.freshet.store.RebuildsTable;
import dev.freshet.view.Column;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes what the page shows besides answers: views and jobs, samples, slow queries. */
final class OverviewJson {
  private OverviewJson() {}

  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  private static byte[] written(Body body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    try (JsonGenerator json = AnswerJson.JSON.createGenerator(out)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  /** Writes the samples; each is an array, because there are many. */
  static byte[] history(Overview overview) {
    return written(
        json -> {
          json.writeStringField("since", AnswerJson.instant(overview.since()));
          json.writeArrayFieldStart("samples");
          for (Overview.Sample sample : overview.samples()) {
            json.writeStartArray();
            json.writeNumber(sample.at().toEpochMilli());
            json.writeNumber(sample.answers());
            json.writeNumber(sample.hits());
            write(json, sample.changes());
            write(json, sample.lag().map(Duration::toMillis));
            json.writeEndArray();
          }
          json.writeEndArray();
        });
  }

  /**
   * Writes the slowest queries to MySQL, of the views that a token may read. The key is null where
   * the token may not read it.
   */
  static byte[] fallbacks(Grant grant, Overview overview) {
    Overview.Slowest slowest = overview.slowest(grant::reads);
    return written(
        json -> {
          json.writeStringField("since", AnswerJson.instant(slowest.since()));
          json.writeArrayFieldStart("fallbacks");
          for (Fallback fallback : slowest.fallbacks()) {
            writeFallback(json, grant, fallback);
          }
          json.writeEndArray();
        });
  }

  private static void writeFallback(JsonGenerator json, Grant grant, Fallback fallback)
      throws IOException {
    Question question = fallback.question();
    json.writeStartObject();
    json.writeStringField("view", question.view().name());
    if (grant.covers(question.view().plan(), question.key())) {
      AnswerJson.writeKey(question, json);
    } else {
      json.writeNullField("key");
    }
    json.writeStringField("reason", fallback.reason().wireName());
    json.writeStringField("sent_at", AnswerJson.instant(fallback.sent()));
    json.writeNumberField("took_ms", fallback.took().toMillis());
    json.writeNumberField("requests", fallback.requests());
    json.writeStringField("total", fallback.total().orElse(null));
    json.writeStringField(
        "problem", fallback.failure().map(Unanswered.Kind::wireName).orElse(null));
    json.writeEndObject();
  }

  private static Optional<Long> number(Optional<OptionalLong> number) {
    return number.filter(OptionalLong::isPresent).map(OptionalLong::getAsLong);
  }

  private static void write(JsonGenerator json, Optional<Long> number) throws IOException {
    if (number.isPresent()) {
      json.writeNumber(number.get());
    } else {
      json.writeNull();
    }
  }

  /** Writes what a token allows, the views that it may read, and the jobs of those views. */
  static byte[] views(Views views, Grant grant, Overview overview) {
    StoreFigures figures = overview.figures();
    List<String> names = views.names().stream().filter(grant::reads).toList();
    Set<String> jobs = jobs(views, names);
    return written(
        json -> {
          json.writeStringField("since", AnswerJson.instant(overview.since()));
          instant(json, "store_at", figures.at());
          writeGrant(json, grant);
          json.writeArrayFieldStart("jobs");
          for (String job : new TreeSet<>(figures.ranges().keySet())) {
            if (jobs.contains(job)) {
              writeJob(json, job, figures.ranges().get(job), overview.flink());
            }
          }
          json.writeEndArray();
          json.writeArrayFieldStart("views");
          for (String name : names) {
            writeView(json, views, name, figures);
          }
          json.writeEndArray();
        });
  }

  private static void writeJob(
      JsonGenerator json, String job, List<RangeProgress> ranges, Optional<FlinkFigures> flink)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", job);
    json.writeStringField(
        "version",
        ranges.stream()
            .min(Comparator.comparingLong(RangeProgress::position))
            .orElseThrow()
            .printedPosition());
    instant(json, "as_of", RangeProgress.asOf(ranges));
    json.writeArrayFieldStart("ranges");
    for (RangeProgress range : ranges) {
      json.writeStartObject();
      json.writeNumberField("first_group", range.range().first());
      json.writeNumberField("last_group", range.range().last());
      json.writeBooleanField("filled", range.handedOver());
      json.writeStringField("version", range.printedPosition());
      instant(json, "as_of", range.asOf());
      json.writeEndObject();
    }
    json.writeEndArray();
    if (flink.isPresent()) {
      json.writeObjectFieldStart("flink");
      writeFlink(json, flink.get(), Optional.ofNullable(flink.get().jobs().get(job)));
      json.writeEndObject();
    } else {
      json.writeNullField("flink");
    }
    json.writeEndObject();
  }

  private static void writeFlink(
      JsonGenerator json, FlinkFigures flink, Optional<FlinkFigures.Job> job) throws IOException {
    instant(json, "at", Optional.of(flink.at()));
    json.writeStringField("problem", flink.problem().orElse(null));
    json.writeStringField("state", job.map(FlinkFigures.Job::state).orElse(null));
    instant(json, "started_at", job.map(FlinkFigures.Job::started));
    json.writeFieldName("restarts");
    write(json, job.map(FlinkFigures.Job::restarts));
    json.writeFieldName("rows_read");
    write(json, number(job.map(FlinkFigures.Job::rowsRead)));
    json.writeFieldName("rows_estimated");
    write(json, number(job.map(FlinkFigures.Job::rowsEstimated)));
    Optional<FlinkFigures.Checkpoint> checkpoint = job.flatMap(FlinkFigures.Job::checkpoint);
    if (checkpoint.isEmpty()) {
      json.writeNullField("checkpoint");
      return;
    }
    json.writeObjectFieldStart("checkpoint");
    instant(json, "completed_at", checkpoint.map(FlinkFigures.Checkpoint::completed));
    json.writeNumberField("took_ms", checkpoint.get().took().toMillis());
    json.writeNumberField("bytes", checkpoint.get().bytes());
    json.writeNumberField("completed", checkpoint.get().count());
    json.writeNumberField("failed", checkpoint.get().failed());
    json.writeEndObject();
  }

  /** Returns the jobs of the views that can be served; the other views show a problem instead. */
  private static Set<String> jobs(Views views, List<String> names) {
    Set<String> jobs = new HashSet<>();
    for (String name : names) {
      try {
        views.find(name).ifPresent(view -> jobs.add(view.job()));
      } catch (Views.NotServed e) {
        // writeView shows the problem.
      }
    }
    return jobs;
  }

  private static void writeGrant(JsonGenerator json, Grant grant) throws IOException {
    json.writeObjectFieldStart("token");
    json.writeBooleanField("operate", grant.operates());
    json.writeObjectFieldStart("key");
    for (Map.Entry<String, ?> column : new TreeMap<>(grant.keyValues()).entrySet()) {
      json.writeArrayFieldStart(column.getKey());
      for (String value : grant.keyValues().get(column.getKey()).stream().sorted().toList()) {
        json.writeString(value);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeView(JsonGenerator json, Views views, String name, StoreFigures figures)
      throws IOException {
    Optional<ServedView> view = Optional.empty();
    String problem = null;
    try {
      view = views.find(name);
      if (view.isEmpty()) {
        // The view has left the catalogue since the names were read.
        return;
      }
    } catch (Views.NotServed e) {
      problem = e.getMessage();
    }
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("problem", problem);
    json.writeStringField(
        "state",
        Optional.ofNullable(figures.states().get(name)).map(s -> s.state().name()).orElse(null));
    json.writeStringField(
        "reason",
        Optional.ofNullable(figures.states().get(name)).flatMap(s -> s.reason()).orElse(null));
    writeRebuild(json, Optional.ofNullable(figures.rebuilds().get(name)));
    writeSize(json, figures.sizes().get(name));
    json.writeStringField("declaration", views.declaration(name).orElse(null));
    if (view.isPresent()) {
      json.writeFieldName("plan");
      writePlan(json, view.get());
    } else {
      json.writeNullField("plan");
    }
    json.writeEndObject();
  }

  private static void writeRebuild(JsonGenerator json, Optional<RebuildsTable.Rebuild> rebuild)
      throws IOException {
    if (rebuild.isEmpty()) {
      json.writeNullField("rebuild");
      return;
    }
    json.writeObjectFieldStart("rebuild");
    json.writeStringField("reason", rebuild.get().reason());
    instant(json, "asked_at", Optional.of(rebuild.get().askedAt()));
    instant(json, "began_at", rebuild.get().beganAt());
    json.writeNumberField("sent", rebuild.get().sent());
    json.writeNumberField("total", rebuild.get().total());
    json.writeEndObject();
  }

  private static void writeSize(JsonGenerator json, StoreFigures.Size size) throws IOException {
    if (size == null) {
      json.writeNullField("size");
      return;
    }
    json.writeObjectFieldStart("size");
    json.writeNumberField("keys", size.keys());
    json.writeNumberField("entries", size.entries());
    json.writeBooleanField("estimated", size.estimated());
    json.writeStringField("at", AnswerJson.instant(size.at()));
    json.writeEndObject();
  }

  private static void writePlan(JsonGenerator json, ServedView view) throws IOException {
    ViewPlan plan = view.plan();
    json.writeStartObject();
    json.writeStringField("job", view.job());
    json.writeNumberField("generation", view.generation());
    json.writeBooleanField("on_read", plan.options().onRead());
    json.writeNumberField("freshness_ms", plan.freshness().toMillis());
    writeColumns(json, "key", plan.keyColumnList());
    writeColumns(
        json,
        "entry_key",
        plan.entryKey().stream().map(plan.outputs()::get).map(ViewPlan.Output::column).toList());
    writeColumns(json, "columns", plan.shown().stream().map(ViewPlan.Output::column).toList());
    json.writeArrayFieldStart("bounds");
    for (ViewPlan.Bound bound : plan.bounds()) {
      json.writeStartObject();
      json.writeStringField("parameter", bound.end().parameter());
      json.writeFieldName("column");
      writeColumn(json, plan.outputs().get(bound.output()).column());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("tables");
    List<PlanNode> shown = plan.nodes().stream().filter(PlanNode::isShown).toList();
    for (PlanNode node : shown) {
      writeTable(json, plan.nodes(), node);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeTable(JsonGenerator json, List<PlanNode> nodes, PlanNode node)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("alias", node.alias());
    json.writeStringField("table", node.table().name());
    json.writeStringField("joined_by", node.parent() < 0 ? null : nodes.get(node.parent()).alias());
    json.writeBooleanField("inner", node.inner());
    json.writeArrayFieldStart("on");
    for (int i = 0; i < node.foreignKey().size(); i++) {
      PlanNode parent = nodes.get(node.parent());
      json.writeString(
          "%s.%s = %s.%s"
              .formatted(
                  parent.alias(),
                  parent.table().columns().get(node.foreignKey().get(i)).name(),
                  node.alias(),
                  node.keyColumns().get(i).name()));
    }
    json.writeEndArray();
    json.writeArrayFieldStart("columns");
    for (Column column : node.table().columns()) {
      json.writeString(column.name());
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeColumns(JsonGenerator json, String field, List<Column> columns)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (Column column : columns) {
      writeColumn(json, column);
    }
    json.writeEndArray();
  }

  private static void writeColumn(JsonGenerator json, Column column) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", column.name());
    json.writeStringField("type", column.type().name().toLowerCase(Locale.ROOT));
    json.writeStringField("mysql_type", column.mysqlType());
    json.writeEndObject();
  }

  private static void instant(JsonGenerator json, String field, Optional<Instant> at)
      throws IOException {
    json.writeStringField(field, at.map(AnswerJson::instant).orElse(null));
  }
}
