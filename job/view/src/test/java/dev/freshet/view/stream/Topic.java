package dev.freshet.view.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
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
public final class Topic implements AutoCloseable {
  private final Stream stream;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final JsonSchema schema;
  private final List<Message> read = new ArrayList<>();

  /**
   * A message.
   *
   * @param key null when it has none
   * @param json null when the key was taken back
   * @param problems what the schema has against it
   */
  public record Message(String key, byte[] json, List<String> problems) {
    @Override
    public String toString() {
      return key + " " + (json == null ? null : new String(json, StandardCharsets.UTF_8));
    }
  }

  public Topic(String bootstrap, String prefix, Stream stream) {
    this(Map.of("bootstrap.servers", bootstrap), prefix, stream);
  }

  /** Reads with a consumer's properties, such as those of its login. */
  public Topic(Map<String, Object> properties, String prefix, Stream stream) {
    this.stream = stream;
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(stream.topic(prefix)).stream()
            .map(part -> new TopicPartition(part.topic(), part.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    this.schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(stream.schema());
  }

  /** All messages so far; each is as its schema says. */
  public List<Message> messages() throws IOException {
    for (Message message : all()) {
      assertThat(message.problems()).as("%s %s", stream, message).isEmpty();
    }
    return read;
  }

  /** All messages so far, whatever they are. */
  public List<Message> all() throws IOException {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
        String key = each.key() == null ? null : new String(each.key(), StandardCharsets.UTF_8);
        read.add(new Message(key, each.value(), problems(each.value())));
      }
    }
    return read;
  }

  private List<String> problems(byte[] json) throws IOException {
    if (json == null) {
      return List.of();
    }
    try {
      return schema.validate(new ObjectMapper().readTree(json)).stream()
          .map(ValidationMessage::getMessage)
          .toList();
    } catch (JsonProcessingException e) {
      return List.of("it is no JSON: " + e.getOriginalMessage());
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
