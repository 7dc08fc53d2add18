package dev.freshet.flow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.freshet.view.stream.Stream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a stream as any consumer would, and holds each message against the stream's schema. */
final class Topic implements AutoCloseable {
  private final Stream stream;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final JsonSchema schema;
  private final List<Message> read = new ArrayList<>();

  /**
   * A message.
   *
   * @param json null when the key was taken back
   */
  record Message(String key, byte[] json) {
    @Override
    public String toString() {
      return key + " " + (json == null ? null : new String(json, StandardCharsets.UTF_8));
    }
  }

  Topic(String bootstrap, String prefix, Stream stream) {
    this.stream = stream;
    this.consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(stream.topic(prefix)).stream()
            .map(part -> new TopicPartition(part.topic(), part.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    this.schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(stream.schema());
  }

  /** All messages so far. */
  List<Message> messages() throws IOException {
    for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
      Message message = new Message(new String(each.key(), StandardCharsets.UTF_8), each.value());
      if (message.json() != null) {
        assertThat(schema.validate(new ObjectMapper().readTree(message.json())))
            .as("%s %s", stream, message)
            .isEmpty();
      }
      read.add(message);
    }
    return read;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
