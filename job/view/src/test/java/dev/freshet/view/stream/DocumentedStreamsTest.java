package dev.freshet.view.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code job/README.md} says of the streams. */
class DocumentedStreamsTest {
  private static final Path README = Path.of("../README.md");
  private static final String PREFIX = "freshet";

  @ParameterizedTest
  @EnumSource
  void aTopicIsMadeAsTheTableSays(Stream stream) throws IOException {
    Map.Entry<String, String> setting = stream.settings().entrySet().iterator().next();
    assertThat(Files.readString(README))
        .contains(
            "| `%s` | %d | `%s=%s` |"
                .formatted(
                    stream.topic(PREFIX),
                    stream.partitions(),
                    setting.getKey(),
                    setting.getValue()));
  }

  @ParameterizedTest
  @EnumSource
  void theExampleIsAMessageOfTheStreamsSchema(Stream stream) throws IOException {
    check(stream, example(stream, ""), json -> read(stream, json));
  }

  @Test
  void theExampleOfAKeyIsARequest() throws IOException {
    check(
        Stream.REQUESTS,
        example(Stream.REQUESTS, ", for a key"),
        json -> KeyRequest.read(json).toJson());
  }

  @Test
  void theExampleOfKeysThatWereReadIsAMessage() throws IOException {
    check(
        Stream.REQUESTS,
        example(Stream.REQUESTS, ", of keys that were read"),
        json -> KeysRead.read(json).toJson());
  }

  private static byte[] read(Stream stream, byte[] json) {
    return switch (stream) {
      case RETRY, DEAD_LETTER -> FailureMessage.read(json).toJson();
      case DEAD_EVENT -> DeadEventMessage.read(json).toJson();
      case INVALIDATION -> InvalidationMessage.read(json).toJson();
      case REQUESTS -> RequestMessage.read(json).toJson();
    };
  }

  private static void check(Stream stream, String example, UnaryOperator<byte[]> again)
      throws IOException {
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(stream.schema())
                .validate(new ObjectMapper().readTree(example)))
        .isEmpty();
    byte[] json = example.getBytes(StandardCharsets.UTF_8);
    assertThat(new ObjectMapper().readTree(again.apply(json)))
        .isEqualTo(new ObjectMapper().readTree(json));
  }

  private static String example(Stream stream, String more) throws IOException {
    Matcher block =
        Pattern.compile(
                "^`" + Pattern.quote(stream.topic(PREFIX)) + "`" + more + "\n```json\n(.+?)\n```$",
                Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(Files.readString(README));
    assertThat(block.find()).as("%s has an example", stream).isTrue();
    return block.group(1);
  }
}
