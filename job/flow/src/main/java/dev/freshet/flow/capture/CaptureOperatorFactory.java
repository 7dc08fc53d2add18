package dev.freshet.flow.capture;

import dev.freshet.flow.log.Event;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/**
 * Creates {@link CaptureOperator}. The operator is not chained to its sources, because Flink 1.20
 * cannot restore the state of sources that are chained to a multiple-input operator.
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
  }) // the caller asks for the type that this factory creates
  public <T extends StreamOperator<Event>> T createStreamOperator(
      StreamOperatorParameters<Event> parameters) {
    return (T) new CaptureOperator(parameters, setting);
  }

  @Override
  @SuppressWarnings("rawtypes") // the interface's type
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
    return CaptureOperator.class;
  }
}
