package dev.freshet.flow.event;

import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition;
import dev.freshet.view.event.RecordPosition.Partition;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of events in a real Kafka, with a producer that remembers what was acknowledged. */
final class EventTopic implements AutoCloseable {
  private static final int TIMEOUT_S = 30;

  private final String bootstrap;
  private final String name;
  private final int partitions;
  private final Producer<byte[], byte[]> producer;
  private final Map<Partition, Long> acknowledged = new HashMap<>();

  /** Creates the topic. */
  EventTopic(String bootstrap, String name, int partitions) throws Exception {
    this(bootstrap, name, partitions, Map.of());
  }

  /** Creates the topic, and a producer with further properties. */
  EventTopic(String bootstrap, String name, int partitions, Map<String, Object> properties)
      throws Exception {
    this.bootstrap = bootstrap;
    this.name = name;
    this.partitions = partitions;
    create();
    Map<String, Object> all = new HashMap<>(properties);
    all.put("bootstrap.servers", bootstrap);
    producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  void create() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin
          .createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty())))
          .all()
          .get(TIMEOUT_S, TimeUnit.SECONDS);
    }
  }

  Producer<byte[], byte[]> producer() {
    return producer;
  }

  /** Sends JSON, in which ' stands for ", to a partition of the key. */
  void send(String key, String json) {
    send(Math.floorMod(key.hashCode(), partitions), json);
  }

  void send(int partition, String json) {
    var unused =
        producer.send(
            new ProducerRecord<>(
                name, partition, null, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)),
            (done, failure) -> acknowledge(done, failure));
  }

  /** Sends JSON to a partition of the key; returns what the acknowledgement says. */
  RecordPosition acknowledged(String key, String json) throws Exception {
    RecordMetadata done =
        producer
            .send(
                new ProducerRecord<>(
                    name,
                    Math.floorMod(key.hashCode(), partitions),
                    null,
                    json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)))
            .get(TIMEOUT_S, TimeUnit.SECONDS);
    acknowledge(done, null);
    return new RecordPosition(name, done.partition(), done.offset());
  }

  private synchronized void acknowledge(RecordMetadata done, Exception failure) {
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
    acknowledged.merge(new Partition(name, done.partition()), done.offset() + 1, Math::max);
  }

  /** Waits until all records are acknowledged; returns the positions of which that tells. */
  Positions flush() {
    producer.flush();
    synchronized (this) {
      return Positions.of(acknowledged);
    }
  }

  /** Removes the records of a partition before an offset, as their retention does. */
  void removeBefore(int partition, long offset) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin
          .deleteRecords(
              Map.of(new TopicPartition(name, partition), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get(TIMEOUT_S, TimeUnit.SECONDS);
    }
  }

  /** Adds partitions, which {@link #send(int, String)} reaches. */
  void grow(int to) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin
          .createPartitions(Map.of(name, NewPartitions.increaseTo(to)))
          .all()
          .get(TIMEOUT_S, TimeUnit.SECONDS);
    }
  }

  void delete() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.deleteTopics(List.of(name)).all().get(TIMEOUT_S, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
