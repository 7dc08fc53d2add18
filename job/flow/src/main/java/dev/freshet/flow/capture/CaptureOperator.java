package dev.freshet.flow.capture;

import dev.freshet.flow.States;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Mark;
import dev.freshet.view.Version;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Feeds what the source tells to {@link LogClock}, {@link Derivation} and {@link Confirmations} and
 * sends what they make of it: events, watermarks, and a {@link Mark} before each watermark and
 * whenever a newer time was confirmed.
 *
 * <p>Its state is one {@link CaptureState}. Restored with other views it refuses to start. No
 * watermark but its own passes.
 */
final class CaptureOperator extends AbstractStreamOperator<Event>
    implements OneInputStreamOperator<Captured, Event> {
  private static final long serialVersionUID = 1L;

  private final Tables tables;
  private final SourceOptions options;
  private final StoreProgress progress;
  private final transient MailboxExecutor mailbox;

  private transient LogClock clock;
  private transient Derivation derivation;
  private transient Confirmations confirmations;
  private transient String views;
  private transient ListState<byte[]> stored;
  private transient LogClock.State restored;
  private transient ExecutedGtids questions;
  private transient StreamRecord<Event> reused;

  CaptureOperator(
      Tables tables, SourceOptions options, StoreProgress progress, MailboxExecutor mailbox) {
    this.tables = tables;
    this.options = options;
    this.progress = progress;
    this.mailbox = mailbox;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    clock = new LogClock();
    confirmations = new Confirmations();
    views = Fingerprint.of(tables.plan());
    stored = context.getOperatorStateStore().getListState(States.CAPTURE);
    for (byte[] bytes : stored.get()) {
      restore(CaptureState.fromBytes(bytes));
    }
  }

  private void restore(CaptureState state) {
    if (!state.views().equals(views)) {
      throw new SourceFault(
          "Views: the savepoint was made by others than "
              + tables.plan().views().stream().map(view -> view.view()).toList()
              + " as they are now; submit them without a savepoint, as a new job");
    }
    restored = state.clock();
    confirmations.restore(state.asOf());
  }

  @Override
  public void open() throws Exception {
    super.open();
    reused = new StreamRecord<>(null);
    derivation = new Derivation(tables);
    long last = restored == null ? Version.NONE : restored.watermark();
    clock.stopAt(progress.above(last));
    mailbox.execute(this::resume, "restored watermark");
    questions = new ExecutedGtids(options, this::answered);
    questions.start();
  }

  /** Sends the restored watermark, before anything else. */
  private void resume() {
    if (restored != null) {
      LogClock.State state = restored;
      restored = null;
      clock.restore(state, this::leave);
    }
  }

  @Override
  public void processElement(StreamRecord<Captured> element) {
    resume();
    Captured captured = element.getValue();
    if (captured instanceof Captured.Change change) {
      clock.change(change.version(), this::leave);
      derivation.derive(change, clock::nextOrder, event -> output.collect(reused.replace(event)));
    } else if (captured instanceof Captured.Boundary boundary) {
      clock.boundary(boundary.version(), boundary.gtids(), this::leave);
    } else if (captured instanceof Captured.BatchEnd) {
      clock.batchEnd(this::leave);
    } else if (captured instanceof Captured.SnapshotDone done) {
      clock.snapshotDone(done.highest());
    }
  }

  private void leave(long version, String gtids) {
    confirmations.captured(gtids);
    mark();
    output.emitWatermark(new Watermark(version));
  }

  private void mark() {
    output.collect(
        Capture.NOTES,
        new StreamRecord<>(new Mark(clock.watermark(), clock.gtids(), confirmations.asOf())));
  }

  /** In the asking thread. */
  private void answered(long asked, String executed) {
    try {
      mailbox.execute(
          () -> {
            resume();
            confirmations.answered(asked, executed);
            if (clock.watermark() > 0 && confirmations.captured(clock.gtids())) {
              mark();
            }
          },
          "executed GTIDs");
    } catch (RejectedExecutionException e) {
      LOG.debug("the task is closing", e);
    }
  }

  /** The source's own watermarks, the final one included, say nothing of transactions. */
  @Override
  public void processWatermark(Watermark watermark) {}

  /** Capture is never idle: what it knows it says by watermarks. */
  @Override
  public void processWatermarkStatus(WatermarkStatus status) {}

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    LogClock.State now = restored == null ? clock.state() : restored;
    stored.update(List.of(new CaptureState(views, now, confirmations.asOf()).toBytes()));
  }

  @Override
  public void close() throws Exception {
    try {
      if (questions != null) {
        questions.close();
      }
    } finally {
      super.close();
    }
  }
}
