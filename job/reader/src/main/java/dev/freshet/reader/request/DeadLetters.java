package dev.freshet.reader.request;

import dev.freshet.view.stream.FailureMessage;
import java.time.Instant;
import java.util.List;

/** Reads the dead letters of the jobs. Implementations are thread-safe. */
public interface DeadLetters extends AutoCloseable {
  /**
   * The dead letters at one moment.
   *
   * @param at when they were read
   * @param letters the letters without the images of their rows, the newest failure first
   * @param isComplete whether these are all letters; otherwise older ones are left out
   */
  record Listed(Instant at, List<FailureMessage> letters, boolean isComplete) {
    public Listed {
      letters = List.copyOf(letters);
    }
  }

  /** The dead letters of a reader without Kafka: reading them fails. */
  DeadLetters NONE =
      new DeadLetters() {
        @Override
        public Listed read() throws NotTaken {
          throw new NotTaken(
              NotTaken.Kind.UNAVAILABLE,
              "this reader has no Kafka to read dead letters from; set kafka.bootstrap and start it"
                  + " again");
        }

        @Override
        public void close() {
          // There is nothing to close.
        }
      };

  /**
   * Reads the letters that exist now. Blocks.
   *
   * @throws NotTaken if they cannot be read
   */
  Listed read() throws NotTaken;

  @Override
  void close();
}
