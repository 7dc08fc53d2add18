package dev.freshet.flow.capture;

import dev.freshet.flow.log.Event;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/**
 * Makes {@link CaptureOperator}. It stands in no chain with its sources: Flink 1.20 takes
 * savepoints of sources chained to an operator of several inputs, but does not find their state
 * again.
 */
final class CaptureOperatorFactory extends AbstractStreamOperatorFactory<Event> {
  private static final long serialVersionUID = 1L;

  private final Capture.Setting setting;

  CaptureOperatorFactory(Capture.Setting setting) {
    this.setting = setting;
    setChainingStrategy(ChainingStrategy.HEAD);
  }

  @Override
  @SuppressWarnings({
    "unchecked",
    "TypeParameterUnusedInFormals"
  }) // what the parameters ask for is what this factory makes
  public <T extends StreamOperator<Event>> T createStreamOperator(
      StreamOperatorParameters<Event> parameters) {
    return (T) new CaptureOperator(parameters, setting);
  }

  @Override
  @SuppressWarnings("rawtypes") // as the interface has it
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
    return CaptureOperator.class;
  }
}
