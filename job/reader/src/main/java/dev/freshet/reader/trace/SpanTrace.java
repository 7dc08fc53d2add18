package dev.freshet.reader.trace;

import dev.freshet.reader.answer.Answer;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import dev.freshet.view.Version;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A request's trace as spans, which are made when the request has ended. */
final class SpanTrace implements RequestTrace {
  /** The maximum number of steps in a trace; a batch may have more. */
  static final int MOST_STEPS = 64;

  private final Tracer tracer;
  private final String name;
  private final String view;
  private final long begun;
  private final Context parent;

  /** The difference between the wall clock and {@link System#nanoTime}, in nanoseconds. */
  private final long toEpoch;

  /** Like the following fields guarded by this object. */
  private final List<Ended> steps = new ArrayList<>();

  private Optional<Answer> answer = Optional.empty();
  private boolean isOver;

  private record Ended(Step step, long begun, long ended, Optional<String> failure) {}

  SpanTrace(Tracer tracer, String name, String view, long begun, Context parent) {
    this.tracer = tracer;
    this.name = name;
    this.view = view;
    this.begun = begun;
    this.parent = parent;
    Instant now = Instant.now();
    this.toEpoch =
        TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - System.nanoTime();
  }

  @Override
  public synchronized void ended(Step step, long begun, Optional<String> failure) {
    if (steps.size() < MOST_STEPS) {
      steps.add(new Ended(step, begun, System.nanoTime(), failure));
    }
  }

  @Override
  public synchronized void answered(Answer given) {
    answer = Optional.of(given);
  }

  @Override
  public synchronized void end(int status) {
    if (isOver) {
      return;
    }
    isOver = true;
    Span span =
        tracer
            .spanBuilder(name)
            .setParent(parent)
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(toEpoch + begun, TimeUnit.NANOSECONDS)
            .startSpan();
    if (span.isRecording()) {
      describe(span, status);
      Context inside = parent.with(span);
      steps.forEach(step -> export(step, inside));
    }
    span.end(toEpoch + System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void describe(Span span, int status) {
    span.setAttribute("http.request.method", name.substring(0, name.indexOf(' ')));
    span.setAttribute("http.route", name.substring(name.indexOf(' ') + 1));
    span.setAttribute("freshet.view", view);
    if (status > 0) {
      span.setAttribute("http.response.status_code", status);
    }
    if (status == 0 || status >= 500) {
      span.setStatus(StatusCode.ERROR);
    }
    answer.ifPresent(
        given -> {
          span.setAttribute("freshet.source", given.source().wireName());
          given.state().map(KeyState::name).ifPresent(it -> span.setAttribute("freshet.state", it));
          given
              .reason()
              .map(FallbackReason::wireName)
              .ifPresent(it -> span.setAttribute("freshet.reason", it));
          given
              .version()
              .map(Version::print)
              .ifPresent(it -> span.setAttribute("freshet.version", it));
          span.setAttribute("freshet.as_of", given.asOf().toString());
          span.setAttribute("freshet.lag_ms", given.lag().toMillis());
          span.setAttribute("freshet.entries", given.page().rows().size());
        });
  }

  private void export(Ended step, Context inside) {
    Span span =
        tracer
            .spanBuilder(nameOf(step.step()))
            .setParent(inside)
            .setSpanKind(step.step() == Step.WAIT ? SpanKind.INTERNAL : SpanKind.CLIENT)
            .setStartTimestamp(toEpoch + step.begun(), TimeUnit.NANOSECONDS)
            .startSpan();
    switch (step.step()) {
      case STORE -> span.setAttribute("db.system.name", "postgresql");
      case MYSQL -> span.setAttribute("db.system.name", "mysql");
      case WAIT -> {
        // A wait asks no database.
      }
    }
    step.failure()
        .ifPresent(
            why -> {
              span.setAttribute("error.type", why);
              span.setStatus(StatusCode.ERROR);
            });
    span.end(toEpoch + step.ended(), TimeUnit.NANOSECONDS);
  }

  private static String nameOf(Step step) {
    return switch (step) {
      case STORE -> "read projection";
      case WAIT -> "wait for projection";
      case MYSQL -> "query MySQL";
    };
  }
}
