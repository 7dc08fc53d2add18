package dev.freshet.reader.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.reader.config.Kafka;
import dev.freshet.view.stream.KeyRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A Kafka that is not there, or not understood. */
class KafkaOutboxTest {
  private static final KeyRequest REQUEST =
      KeyRequest.repair("job", PlanBuilder.inbox(), new Object[] {42L, 7L}, Instant.EPOCH);

  @Test
  void aKafkaThatDoesNotAnswerIsGivenUpSoon() {
    try (Outbox outbox = outbox(Map.of())) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> outbox.send(REQUEST))
          .isInstanceOf(NotTaken.class)
          .hasMessage(
              "Kafka did not take the request within 2 s; see that it runs and answers this"
                  + " reader, whose log has the cause");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }
  }

  @Test
  void refusedPropertiesAreNotShown() {
    try (Outbox outbox =
        outbox(
            Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.jaas.config", "hush-hush-hush"))) {
      assertThatThrownBy(() -> outbox.send(REQUEST))
          .isInstanceOf(NotTaken.class)
          .hasMessageNotContaining("hush");
    }
  }

  private static Outbox outbox(Map<String, String> properties) {
    return KafkaOutbox.of(new Kafka(Optional.of("127.0.0.1:1"), "freshet", properties));
  }
}
