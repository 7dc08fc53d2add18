package dev.freshet.reader.trace;

import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.Trace;
import java.util.Optional;

/** The trace of one request, from its head to the end of its response. Thread-safe. */
public interface RequestTrace extends Trace {
  /** Traces nothing. */
  RequestTrace NONE =
      new RequestTrace() {
        @Override
        public void ended(Step step, long begun, Optional<String> failure) {
          // Traces nothing.
        }

        @Override
        public void answered(Answer answer) {
          // Traces nothing.
        }

        @Override
        public void end(int status) {
          // Traces nothing.
        }
      };

  /** Notes the answer of a request for one key. */
  void answered(Answer answer);

  /**
   * Exports the trace; further calls do nothing.
   *
   * @param status the status of the response; 0 if it was not sent
   */
  void end(int status);
}
