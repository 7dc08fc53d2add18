package dev.freshet.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Exports a sample of a program's spans by OTLP over HTTP. Spans are queued, and a background
 * thread sends them every second. Nobody waits for the collector: a queue that is full, and a
 * collector that does not answer, lose spans.
 *
 * <p>A trace that a caller began is exported if and only if the caller exports it.
 *
 * <p>Thread-safe. Queues {@value #MOST_SPANS} spans at most.
 */
public final class Traces implements AutoCloseable {
  /** Exports nothing. */
  public static final Traces NONE = new Traces(Optional.empty());

  private static final int MOST_SPANS = 2048;
  private static final Duration DELAY = Duration.ofSeconds(1);

  /** The time limit of one export; a collector may be busy, and nobody waits for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How long {@link #close} waits. */
  private static final Duration LAST = Duration.ofSeconds(3);

  private static final String NAME = "dev.freshet";
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");

  /** The headers of a request that name the trace of its caller, as maps. */
  private static final TextMapGetter<Map<String, String>> HEADERS =
      (headers, name) -> headers == null ? null : headers.get(name);

  private final Optional<SdkTracerProvider> provider;
  private final Tracer tracer;

  private Traces(Optional<SdkTracerProvider> provider) {
    this.provider = provider;
    this.tracer =
        provider.<TracerProvider>map(each -> each).orElse(TracerProvider.noop()).get(NAME);
  }

  /**
   * Starts to export, if the options name a collector.
   *
   * @param service the program's name in traces
   */
  public static Traces start(String service, TelemetryOptions options) {
    if (!options.isOn()) {
      return NONE;
    }
    BatchSpanProcessor queue =
        BatchSpanProcessor.builder(
                OtlpHttpSpanExporter.builder()
                    .setEndpoint(options.endpoint() + "/v1/traces")
                    .setTimeout(PATIENCE)
                    .build())
            .setMaxQueueSize(MOST_SPANS)
            .setScheduleDelay(DELAY)
            .setExporterTimeout(PATIENCE)
            .build();
    return new Traces(
        Optional.of(
            SdkTracerProvider.builder()
                .setResource(
                    Resource.getDefault().merge(Resource.create(Attributes.of(SERVICE, service))))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(options.sample())))
                .addSpanProcessor(queue)
                .build()));
  }

  /** Whether spans are exported. */
  public boolean isOn() {
    return provider.isPresent();
  }

  /** Returns the tracer; its spans do nothing if nothing is exported. */
  public Tracer tracer() {
    return tracer;
  }

  /**
   * Returns the context of a caller's trace.
   *
   * @param traceparent the W3C header of that name; null or a malformed one begins a new trace
   * @param tracestate the W3C header of that name; null if there is none
   */
  public static Context parent(String traceparent, String tracestate) {
    if (traceparent == null) {
      return Context.root();
    }
    Map<String, String> headers =
        tracestate == null
            ? Map.of("traceparent", traceparent)
            : Map.of("traceparent", traceparent, "tracestate", tracestate);
    Context extracted =
        W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HEADERS);
    SpanContext caller = Span.fromContext(extracted).getSpanContext();
    return caller.isValid() ? extracted : Context.root();
  }

  /**
   * Sends what is queued and ends the background thread. Waits for that for three seconds at most;
   * what is not sent by then is sent later, if the process goes on.
   */
  @Override
  public void close() {
    provider.ifPresent(each -> each.shutdown().join(LAST.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Ends the background thread once it has sent what is queued; does not wait for that. */
  public void closeLater() {
    provider.ifPresent(SdkTracerProvider::shutdown);
  }
}
