package dev.freshet.reader.trace;

import dev.freshet.telemetry.Traces;

/**
 * Traces the requests for answers: a span from a request's head to the end of its response, with a
 * child span for each read of Postgres, wait for the projection, and query to MySQL. Spans name the
 * view, and how it was answered; never keys, entries or tokens.
 *
 * <p>A request costs next to nothing unless its trace is exported, because spans are made when it
 * has ended. Thread-safe.
 */
public final class Tracing {
  private final Traces traces;

  public Tracing(Traces traces) {
    this.traces = traces;
  }

  /**
   * Begins the trace of a request.
   *
   * @param name the method and the route, such as {@code GET /v1/views/{view}/{key}}
   * @param begun the {@link System#nanoTime} of the request's head
   * @param traceparent the header of the request; null if it has none
   * @param tracestate the header of the request; null if it has none
   */
  public RequestTrace begin(
      String name, String view, long begun, String traceparent, String tracestate) {
    return traces.isOn()
        ? new SpanTrace(traces.tracer(), name, view, begun, Traces.parent(traceparent, tracestate))
        : RequestTrace.NONE;
  }
}
