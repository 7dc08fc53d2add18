package dev.freshet.flow.event;

import dev.freshet.view.event.Positions;
import dev.freshet.view.form.OneLine;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka for the ends and the beginnings of topics with a background thread, one question at a
 * time. While Kafka does not answer, it logs one warning. Used by one thread.
 */
final class EndsPoll implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EndsPoll.class);
  private static final long CLOSE_WAIT_S = 5;

  private final TopicEnds.Factory factory;
  private final Set<String> topics;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread made = new Thread(work, "topic-ends");
            made.setDaemon(true);
            return made;
          });

  /** The open connection; null if there is none. Used by the background thread. */
  private TopicEnds connection;

  private Future<Answer> asking;
  private Positions askedFrom;
  private boolean reported;

  /**
   * An answer.
   *
   * @param asked when the question was sent, in milliseconds since the epoch
   * @param from the positions that the log had reached then
   * @param begins see {@link TopicEnds#begins}
   * @param nextRecords see {@link TopicEnds#nextRecords}; empty unless the log stood still
   */
  record Answer(
      long asked, Positions from, Positions begins, Positions ends, Positions nextRecords) {

    /**
     * Whether a partition ends before it was read to. Kafka does not say so while a leader is
     * elected (KIP-207), so the topic was created again, or records were lost.
     */
    boolean endsBeforeTheLog() {
      return from.next().entrySet().stream()
          .anyMatch(read -> ends.next(read.getKey()) < read.getValue());
    }
  }

  EndsPoll(TopicEnds.Factory factory, Set<String> topics) {
    this.factory = factory;
    this.topics = Set.copyOf(topics);
  }

  /**
   * Waits for the ends.
   *
   * @throws IllegalStateException if Kafka does not answer in time, or has no such topic
   */
  Positions now() throws InterruptedException {
    try {
      return thread.submit(() -> connection().ends(topics)).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Kafka does not say the ends of the topics %s (%s); the job tries again"
              .formatted(topics, OneLine.of(String.valueOf(e.getCause().getMessage()))),
          e);
    }
  }

  /**
   * Sends a question, unless one is open.
   *
   * @param positions those that the log has reached; if they are the same as at the last question,
   *     the answer has the next records too
   * @param at milliseconds since the epoch
   */
  void ask(Positions positions, long at) {
    if (asking == null) {
      boolean stands = positions.equals(askedFrom);
      askedFrom = positions;
      // A view that was removed may have left the positions of its topic.
      Positions ofTopics = positions.in(topics);
      asking =
          thread.submit(
              () -> {
                Positions ends = connection().ends(topics);
                Positions next =
                    stands && !positions.cover(ends)
                        ? connection().nextRecords(positions, ends)
                        : Positions.NONE;
                return new Answer(at, ofTopics, connection().begins(ends), ends, next);
              });
    }
  }

  /** Returns the answer to the last question, once; empty if there is none yet, or none at all. */
  Optional<Answer> answer() {
    if (asking == null || !asking.isDone()) {
      return Optional.empty();
    }
    Future<Answer> done = asking;
    asking = null;
    try {
      Answer answer = done.get();
      if (reported) {
        LOG.info("Kafka says the ends of the topics {} again", topics);
      }
      reported = false;
      return Optional.of(answer);
    } catch (ExecutionException e) {
      if (!reported) {
        LOG.warn(
            "Kafka does not say the ends of the topics {} ({}); answers become stale until it does",
            topics,
            OneLine.of(String.valueOf(e.getCause().getMessage())));
      }
      reported = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  private TopicEnds connection() {
    if (connection == null) {
      connection = factory.open();
    }
    return connection;
  }

  @Override
  public void close() throws InterruptedException {
    var unused =
        thread.submit(
            () -> {
              if (connection != null) {
                connection.close();
              }
            });
    thread.shutdown();
    if (!thread.awaitTermination(CLOSE_WAIT_S, TimeUnit.SECONDS)) {
      LOG.info("Kafka does not answer; the connection closes when it does");
    }
  }
}
