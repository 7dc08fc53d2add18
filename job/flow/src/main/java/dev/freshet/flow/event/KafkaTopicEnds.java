package dev.freshet.flow.event;

import dev.freshet.flow.KafkaOptions;
import dev.freshet.flow.kafka.ClientProperties;
import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition.Partition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Asks Kafka for the ends and the beginnings of topics with a consumer of its own. */
final class KafkaTopicEnds implements TopicEnds {
  private static final int TIMEOUT_MS = 10_000;
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;

  KafkaTopicEnds(KafkaOptions options) {
    Properties properties = ClientProperties.of(options);
    properties.setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrap());
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
    properties.setProperty(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MS));
    properties.setProperty(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MS));
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Positions ends(Set<String> topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      List<PartitionInfo> known = consumer.partitionsFor(topic);
      if (known == null || known.isEmpty()) {
        throw new IllegalStateException("Kafka has no topic " + topic);
      }
      known.forEach(each -> partitions.add(new TopicPartition(topic, each.partition())));
    }
    return positions(consumer.endOffsets(partitions));
  }

  @Override
  public Positions begins(Positions of) {
    List<TopicPartition> partitions = new ArrayList<>();
    of.next()
        .keySet()
        .forEach(each -> partitions.add(new TopicPartition(each.topic(), each.number())));
    return positions(consumer.beginningOffsets(partitions));
  }

  @Override
  public Positions nextRecords(Positions from, Positions ends) {
    Map<TopicPartition, Long> next = new HashMap<>();
    ends.next()
        .forEach(
            (partition, end) -> {
              if (from.next(partition) < end) {
                TopicPartition of = new TopicPartition(partition.topic(), partition.number());
                next.put(of, nextRecord(of, from.next(partition)));
              }
            });
    return positions(next);
  }

  private long nextRecord(TopicPartition partition, long from) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, from);
    List<ConsumerRecord<byte[], byte[]>> found = consumer.poll(POLL).records(partition);
    return found.isEmpty() ? consumer.position(partition) : found.get(0).offset();
  }

  private static Positions positions(Map<TopicPartition, Long> offsets) {
    Map<Partition, Long> next = new HashMap<>();
    offsets.forEach(
        (partition, offset) ->
            next.put(new Partition(partition.topic(), partition.partition()), offset));
    return Positions.of(next);
  }

  @Override
  public void close() {
    consumer.close(POLL);
  }
}
