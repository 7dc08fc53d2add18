package dev.freshet.flow.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.node.PackedRowSerializer;
import dev.freshet.flow.write.EntriesToDelete;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedTextTest {
  private static final String ALL_CHARACTERS = allCharacters();

  private static String allCharacters() {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      text.append((char) c);
    }
    return text.toString();
  }

  @Test
  void textsAreReadAsFlinkWritesThem() throws IOException {
    Random random = new Random(1);
    assertThat(string(null)).isNull();
    assertThat(string(ALL_CHARACTERS)).isEqualTo(ALL_CHARACTERS);
    for (int length : List.of(0, 1, 126, 127, 128, 4095, 4096, 4097, 8193, 70_000)) {
      StringBuilder text = new StringBuilder();
      while (text.length() < length) {
        text.append((char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
      }
      assertThat(string(text.toString())).as("%d characters", length).isEqualTo(text.toString());
    }
  }

  private static String string(String text) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    StringValue.writeString(text, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    String read = BoundedText.string(in);
    assertThat(in.available()).isZero();
    return read;
  }

  @Test
  void textsAreReadAsJavaWritesThem() throws IOException {
    for (int begin = 0; begin < ALL_CHARACTERS.length(); begin += 20_000) {
      String text =
          ALL_CHARACTERS.substring(begin, Math.min(begin + 20_000, ALL_CHARACTERS.length()));
      DataOutputSerializer out = new DataOutputSerializer(64);
      out.writeUTF(text);
      DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
      assertThat(BoundedText.utf(in)).isEqualTo(text);
      assertThat(in.available()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0005616263", "0001c3", "0001ff", "0002c3c3", "0003e28200", "00"})
  void malformedTextsOfJavaAreRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> BoundedText.utf(new DataInputDeserializer(bytes)))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ffffffff7f", "ffffffff0f61", "ffffffffffffff", "0461", "03ffffffff61", ""})
  void malformedTextsOfFlinkAreRefused(String hex) {
    assertThatThrownBy(
            () -> BoundedText.string(new DataInputDeserializer(HexFormat.of().parseHex(hex))))
        .isInstanceOf(IOException.class);
  }

  /** The bytes begin as valid ones, and then claim 1 GiB, -1 byte, or a type that there is not. */
  @ParameterizedTest
  @CsvSource({
    "key, 40000000",
    "key, ffffffff",
    "row, 40000000",
    "event, 0140000000",
    "event, 63",
    "control, 07000140000000",
    "control, 070001ffffffff",
    "control, 010000000000000000000000000000000000000000000000008080808004",
    "entry, 00010000000101ffffffff",
    "composite, 01ffff",
    "outbound, 00057265747279400000",
    "outbound, 0005726574727900000001007fffffff",
    "outbound, 000572657472790000000100fffffffe",
    "entries, 000140000000"
  })
  void lengthsThatTheInputDoesNotHaveAreRefused(String type, String hex) {
    TypeSerializer<?> serializer =
        switch (type) {
          case "key" -> KeyTypeInfo.Serializer.INSTANCE;
          case "row" -> PackedRowSerializer.INSTANCE;
          case "event" -> EventTypeInfo.Serializer.INSTANCE;
          case "control" -> ControlMessageTypeInfo.Serializer.INSTANCE;
          case "entry" -> EntryChangeTypeInfo.Serializer.INSTANCE;
          case "composite" -> CompositeTypeInfo.Serializer.INSTANCE;
          case "outbound" -> OutboundMessage.Serializer.INSTANCE;
          default -> EntriesToDelete.Serializer.INSTANCE;
        };
    assertThatThrownBy(
            () -> serializer.deserialize(new DataInputDeserializer(HexFormat.of().parseHex(hex))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void deeplyNestedCompositesAreRefused() {
    byte[] bytes = HexFormat.of().parseHex("01000001".repeat(100_000));
    assertThatThrownBy(
            () ->
                CompositeTypeInfo.Serializer.INSTANCE.deserialize(new DataInputDeserializer(bytes)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("levels");
  }
}
