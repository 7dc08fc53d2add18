package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.view.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** A job of capture alone, in this JVM, and all it sent, in order. */
final class LogProbe implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Map<Integer, LogProbe> OPEN = new ConcurrentHashMap<>();
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final int id = COUNT.incrementAndGet();
  private final List<Item> items = new ArrayList<>();
  private volatile boolean slow;
  private JobID job;

  /** What was sent, and when it came. */
  sealed interface Item {
    record Sent(Event event, long at) implements Item {}

    record Passed(long watermark, long at) implements Item {}

    record Marked(WatermarkInfo mark, long at) implements Item {}

    record Lost(ViewFault fault, long at) implements Item {}
  }

  static LogProbe start(JobPlan plan, SourceOptions options) throws Exception {
    return start(plan, options, null, StoreProgress.NONE);
  }

  static LogProbe start(
      JobPlan plan, SourceOptions options, String savepoint, StoreProgress progress)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    LogProbe probe = new LogProbe();
    OPEN.put(probe.id, probe);
    SingleOutputStreamOperator<Event> log =
        Capture.build(
            env, plan, "probe", options, progress, JobUnderTest.HANDLING, Optional.empty());
    log.transform("events", Types.VOID, new Recorder<Event>(probe.id, true)).uid("events");
    log.getSideOutput(Capture.CONTROL_MESSAGES)
        .transform("marks", Types.VOID, new Recorder<ControlMessage>(probe.id, false))
        .uid("marks");
    JobGraph graph = env.getStreamGraph().getJobGraph();
    if (savepoint != null) {
      graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
    }
    probe.job = Cluster.SHARED.submitJob(graph).get().getJobID();
    return probe;
  }

  /** From now on events are taken so slowly that a savepoint finds time between them. */
  void slowDown() {
    slow = true;
  }

  List<Item> items() {
    synchronized (items) {
      return List.copyOf(items);
    }
  }

  List<Event> events() {
    return only(item -> item instanceof Item.Sent sent ? sent.event() : null);
  }

  List<Long> watermarks() {
    return only(item -> item instanceof Item.Passed passed ? passed.watermark() : null);
  }

  List<WatermarkInfo> marks() {
    return only(item -> item instanceof Item.Marked marked ? marked.mark() : null);
  }

  List<ViewFault> faults() {
    return only(item -> item instanceof Item.Lost lost ? lost.fault() : null);
  }

  /** Waits until a view cannot follow any longer. */
  ViewFault awaitFault() throws Exception {
    return await("a fault", () -> faults().stream().findFirst().orElse(null));
  }

  private <T> List<T> only(Function<Item, T> kind) {
    List<T> found = new ArrayList<>();
    for (Item item : items()) {
      T each = kind.apply(item);
      if (each != null) {
        found.add(each);
      }
    }
    return found;
  }

  /** Waits until something was recorded; fails when the job ends or the time is up. */
  <T> T await(String what, Supplier<T> found) throws Exception {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      T result = found.get();
      if (result != null && !Boolean.FALSE.equals(result)) {
        return result;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + DEADLINE.toSeconds() + " s: " + what);
      }
      if (isOver()) {
        throw new AssertionError("the job ended before: " + what, failure());
      }
      synchronized (items) {
        items.wait(10);
      }
    }
  }

  long awaitWatermark(long atLeast) throws Exception {
    return await(
        "watermark " + Version.print(atLeast),
        () -> watermarks().stream().filter(w -> w >= atLeast).findFirst().orElse(null));
  }

  /** What made the job fail, waiting for it. */
  Throwable awaitFailure() throws Exception {
    Throwable failure = failure();
    if (failure == null) {
      throw new AssertionError("the job did not fail");
    }
    return failure;
  }

  private Throwable failure() throws Exception {
    JobResult result =
        Cluster.SHARED.requestJobResult(job).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    Throwable cause =
        result
            .getSerializedThrowable()
            .map(error -> error.deserializeError(getClass().getClassLoader()))
            .orElse(null);
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private boolean isOver() throws Exception {
    return Cluster.SHARED.getJobStatus(job).get().isTerminalState();
  }

  String stopWithSavepoint() throws Exception {
    return Cluster.SHARED
        .stopWithSavepoint(
            job,
            Path.of("target", "savepoints").toAbsolutePath().toUri().toString(),
            false,
            SavepointFormatType.CANONICAL)
        .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    if (!isOver()) {
      Cluster.SHARED.cancelJob(job).get();
    }
    Cluster.SHARED.requestJobResult(job).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    OPEN.remove(id);
  }

  private void add(Item item) {
    synchronized (items) {
      items.add(item);
      items.notifyAll();
    }
  }

  /** The cluster of all probes; it ends with the JVM. */
  private static final class Cluster {
    static final MiniCluster SHARED = start();

    private static MiniCluster start() {
      Configuration configuration = new Configuration();
      configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
      configuration.set(RestOptions.BIND_PORT, "0");
      MiniCluster cluster =
          new MiniCluster(
              new MiniClusterConfiguration.Builder()
                  .setConfiguration(configuration)
                  .setNumTaskManagers(1)
                  .setNumSlotsPerTaskManager(2)
                  .build());
      try {
        cluster.start();
      } catch (Exception e) {
        throw new IllegalStateException("the cluster does not start", e);
      }
      return cluster;
    }
  }

  /** Writes down what passes. */
  private static final class Recorder<T> extends AbstractStreamOperator<Void>
      implements OneInputStreamOperator<T, Void> {
    private static final long serialVersionUID = 1L;
    private static final long PACE_NANOS = 20_000;

    private final int probe;
    private final boolean watermarks;

    Recorder(int probe, boolean watermarks) {
      this.probe = probe;
      this.watermarks = watermarks;
      this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    public void processElement(StreamRecord<T> element) {
      LogProbe to = OPEN.get(probe);
      long now = System.currentTimeMillis();
      if (element.getValue() instanceof Event event) {
        if (to.slow) {
          LockSupport.parkNanos(PACE_NANOS);
        }
        to.add(new Item.Sent(event, now));
      } else if (element.getValue() instanceof WatermarkInfo mark) {
        to.add(new Item.Marked(mark, now));
      } else if (element.getValue() instanceof ViewFault fault) {
        to.add(new Item.Lost(fault, now));
      }
    }

    @Override
    public void processWatermark(Watermark watermark) {
      if (watermarks) {
        OPEN.get(probe).add(new Item.Passed(watermark.getTimestamp(), System.currentTimeMillis()));
      }
    }
  }
}
