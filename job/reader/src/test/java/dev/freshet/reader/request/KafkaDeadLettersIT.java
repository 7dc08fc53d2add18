package dev.freshet.reader.request;

import static dev.freshet.view.stream.LetterBuilder.NOON;
import static dev.freshet.view.stream.LetterBuilder.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.config.Kafka;
import dev.freshet.servers.LocalServers;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.LetterBuilder;
import dev.freshet.view.stream.Stream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Tests the dead letters against a real Kafka. */
class KafkaDeadLettersIT {
  @Test
  void readsTheTopicOnceAndThenWhatIsNewAndDeletesLetters() throws Exception {
    Kafka kafka = kafka("letters");
    try (DeadLetters letters = KafkaDeadLetters.of(kafka);
        Outbox outbox = KafkaOutbox.of(kafka)) {
      assertThatThrownBy(letters::read)
          .as("the topic does not exist")
          .isInstanceOf(NotTaken.class)
          .hasMessageContaining("lets this reader read letters.dead-letter");
      assertThatThrownBy(() -> outbox.deleteDeadLetter(new byte[] {1}))
          .isInstanceOf(NotTaken.class);
      create(kafka);
      assertThat(letters.read().letters()).isEmpty();

      write(kafka, user(7), user(8).failed(NOON.plusSeconds(1)));
      assertThat(rows(letters)).containsExactly(row(8), row(7));
      write(kafka, user(7).failed(NOON.plusSeconds(2)));
      assertThat(rows(letters)).containsExactly(row(7), row(8));

      outbox.deleteDeadLetter(user(8).build().kafkaKey());
      assertThat(rows(letters)).containsExactly(row(7));
      try (DeadLetters later = KafkaDeadLetters.of(kafka)) {
        assertThat(rows(later)).containsExactly(row(7));
        assertThat(later.read().letters().get(0).image()).isNull();
      }
    }
  }

  @Test
  void aTopicThatWasMadeAgainIsReadFromItsBeginning() throws Exception {
    Kafka kafka = kafka("again");
    create(kafka);
    try (DeadLetters letters = KafkaDeadLetters.of(kafka)) {
      write(kafka, user(7), user(8));
      assertThat(rows(letters)).hasSize(2);
      try (Admin admin = admin(kafka)) {
        admin.deleteTopics(List.of(topic(kafka))).all().get(20, TimeUnit.SECONDS);
      }
      create(kafka);
      write(kafka, user(9));
      assertThat(awaitRows(letters)).containsExactly(row(9));
    }
  }

  /** The first reads after the topic was deleted may fail. */
  private static List<String> awaitRows(DeadLetters letters) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        List<String> rows = rows(letters);
        if (rows.size() == 1 || System.nanoTime() > deadline) {
          return rows;
        }
      } catch (NotTaken e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  private static Kafka kafka(String prefix) {
    return new Kafka(Optional.of(LocalServers.kafka().bootstrap()), prefix, Map.of());
  }

  private static String topic(Kafka kafka) {
    return Stream.DEAD_LETTER.topic(kafka.topicPrefix());
  }

  private static Admin admin(Kafka kafka) {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrap().orElseThrow()));
  }

  private static void create(Kafka kafka) throws Exception {
    try (Admin admin = admin(kafka)) {
      NewTopic topic = new NewTopic(topic(kafka), Stream.DEAD_LETTER.partitions(), (short) 1);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (true) {
        try {
          admin
              .createTopics(List.of(topic.configs(Stream.DEAD_LETTER.settings())))
              .all()
              .get(20, TimeUnit.SECONDS);
          return;
        } catch (java.util.concurrent.ExecutionException e) {
          // A topic that is being deleted still exists for a while.
          if (System.nanoTime() > deadline) {
            throw e;
          }
        }
      }
    }
  }

  private static void write(Kafka kafka, LetterBuilder... letters) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap().orElseThrow()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (LetterBuilder letter : letters) {
        FailureMessage message = letter.build();
        var unused =
            producer
                .send(new ProducerRecord<>(topic(kafka), message.kafkaKey(), message.toJson()))
                .get(20, TimeUnit.SECONDS);
      }
    }
  }

  private static List<String> rows(DeadLetters letters) throws NotTaken {
    return letters.read().letters().stream().map(FailureMessage::row).toList();
  }

  private static String row(long user) {
    return user(user).build().row();
  }
}
