package dev.freshet.flow.capture.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.TestSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IntakeTest {
  private final List<Integer> passed = new ArrayList<>();
  private final List<Integer> aside = new ArrayList<>();

  private Intake started(Intake.State saved, int attempt) {
    Intake intake =
        new Intake(message -> passed.add(number(message)), message -> aside.add(number(message)));
    intake.start(saved, List.of(), attempt);
    return intake;
  }

  @Test
  void messagesPassAtOnceUntilTwoAttemptsEndInARow() {
    Intake intake = started(Intake.State.NONE, 0);
    intake.take(message(1));
    assertThat(passed).containsExactly(1);
    started(intake.record(7), 1).take(message(2));
    assertThat(passed).containsExactly(1, 2);
    started(intake.record(7), 2).take(message(3));
    assertThat(passed).containsExactly(1, 2);
  }

  @Test
  void aJobThatIsSubmittedAgainStartsItsCountAnew() {
    started(new Intake.State(5, 0, 0, List.of()), 1).take(message(1));
    assertThat(passed).containsExactly(1);
  }

  @Test
  void heldMessagesPassInGroupsThatDoubleBetweenCheckpoints() {
    Intake intake = started(Intake.State.NONE, 2);
    for (int i = 0; i < 8; i++) {
      intake.take(message(i));
    }
    assertThat(passed).isEmpty();
    checkpoint(intake, 1);
    assertThat(passed).containsExactly(0);
    checkpoint(intake, 2);
    assertThat(passed).as("the group before was not proved").containsExactly(0, 1);
    checkpoint(intake, 3);
    assertThat(passed).containsExactly(0, 1, 2, 3);
    checkpoint(intake, 4);
    checkpoint(intake, 5);
    intake.take(message(8));
    assertThat(passed).as("at once again").containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void anOlderCheckpointPassesNothing() {
    Intake intake = started(Intake.State.NONE, 2);
    intake.take(message(1));
    intake.record(1);
    intake.record(2);
    intake.completed(1);
    assertThat(passed).isEmpty();
    intake.completed(2);
    assertThat(passed).containsExactly(1);
  }

  @Test
  void aMessageThatEndedTwoAttemptsAloneIsSetAside() {
    Intake.State alone = new Intake.State(3, 1, 0, List.of(message(1), message(2)));
    Intake.State again = started(alone, 4).record(9);
    assertThat(again).isEqualTo(new Intake.State(4, 1, 1, List.of(message(1), message(2))));
    assertThat(aside).isEmpty();
    assertThat(started(again, 5).record(10))
        .isEqualTo(new Intake.State(5, 1, 0, List.of(message(2))));
    assertThat(aside).containsExactly(1);
  }

  @Test
  void theStateComesBackAsItWas() throws IOException {
    Intake.State state = new Intake.State(3, 1, 1, List.of(message(1), new byte[0]));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.write(new DataOutputStream(bytes));
    assertThat(Intake.State.read(in(bytes.toByteArray()))).isEqualTo(state);
    assertThatThrownBy(() -> Intake.State.read(in(new byte[12 + 3])))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new Intake.State(0, 1, 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * Random jobs: some messages end the attempt, at once or before the next complete checkpoint.
   * These are set aside, and all others get through.
   */
  @Test
  void exactlyTheMessagesThatEndAttemptsAreSetAside() {
    long seed = TestSize.seed();
    for (int i = 0; i < 300; i++) {
      new Job(seed + i).run();
    }
  }

  /** A job that reads messages from a topic and is restarted from its last checkpoint. */
  private static final class Job {
    /** Each message that ends attempts costs some; so many are never needed. */
    private static final int MOST_ATTEMPTS = 400;

    private record Checkpoint(int offset, Set<Integer> passed, Intake.State intake) {}

    private final long seed;
    private final Random random;
    private final int messages;
    private final Set<Integer> bad = new HashSet<>();
    private final Set<Integer> aside = new HashSet<>();
    private Set<Integer> passed;
    private boolean ends;

    Job(long seed) {
      this.seed = seed;
      random = new Random(seed);
      messages = 1 + random.nextInt(60);
      for (int i = random.nextInt(4); i > 0; i--) {
        bad.add(random.nextInt(messages));
      }
    }

    void run() {
      Checkpoint last = new Checkpoint(0, Set.of(), Intake.State.NONE);
      int attempt = 0;
      do {
        assertThat(attempt).as("attempts, seed %d", seed).isLessThan(MOST_ATTEMPTS);
        last = attempt(last, attempt++);
      } while (ends);
      assertThat(passed).as("seed %d", seed).hasSize(messages - bad.size());
      assertThat(aside).as("seed %d", seed).isEqualTo(bad);
    }

    /** Returns the last complete checkpoint when the attempt ends, or when no message is left. */
    private Checkpoint attempt(Checkpoint start, int attempt) {
      passed = new HashSet<>(start.passed());
      ends = false;
      Intake intake = new Intake(message -> pass(number(message)), this::setAside);
      intake.start(start.intake(), List.of(), attempt);
      int offset = start.offset();
      Checkpoint last = start;
      for (int checkpoint = 1; ; checkpoint++) {
        for (int i = random.nextInt(20); i > 0 && offset < messages; i--) {
          intake.take(message(offset++));
          if (ends && random.nextBoolean()) {
            return last;
          }
        }
        Checkpoint next = new Checkpoint(offset, Set.copyOf(passed), intake.record(checkpoint));
        if (ends) {
          return last;
        }
        last = next;
        intake.completed(checkpoint);
        if (offset == messages && last.intake().held().isEmpty()) {
          return last;
        }
      }
    }

    private void pass(int message) {
      if (bad.contains(message)) {
        ends = true;
      } else {
        passed.add(message);
      }
    }

    private void setAside(byte[] message) {
      aside.add(number(message));
    }
  }

  private static void checkpoint(Intake intake, long number) {
    intake.record(number);
    intake.completed(number);
  }

  private static byte[] message(int number) {
    return new byte[] {(byte) number};
  }

  private static int number(byte[] message) {
    return message[0];
  }

  private static DataInputStream in(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }
}
