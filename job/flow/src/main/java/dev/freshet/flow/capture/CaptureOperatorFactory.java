package dev.freshet.flow.capture;

import dev.freshet.flow.log.Event;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes {@link CaptureOperator}, which stands in one chain with the source. */
final class CaptureOperatorFactory extends AbstractStreamOperatorFactory<Event>
    implements OneInputStreamOperatorFactory<Captured, Event> {
  private static final long serialVersionUID = 1L;

  private final Tables tables;
  private final SourceOptions options;
  private final StoreProgress progress;

  CaptureOperatorFactory(Tables tables, SourceOptions options, StoreProgress progress) {
    this.tables = tables;
    this.options = options;
    this.progress = progress;
    setChainingStrategy(ChainingStrategy.ALWAYS);
  }

  @Override
  @SuppressWarnings({
    "unchecked",
    "TypeParameterUnusedInFormals"
  }) // what the parameters ask for is what this factory makes
  public <T extends StreamOperator<Event>> T createStreamOperator(
      StreamOperatorParameters<Event> parameters) {
    CaptureOperator operator =
        new CaptureOperator(tables, options, progress, parameters.getMailboxExecutor());
    operator.setup(
        parameters.getContainingTask(), parameters.getStreamConfig(), parameters.getOutput());

    return (T) operator;
  }

  @Override
  @SuppressWarnings("rawtypes") // as the interface has it
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
    return CaptureOperator.class;
  }
}
