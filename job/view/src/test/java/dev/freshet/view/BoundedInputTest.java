package dev.freshet.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedInputTest {
  private static DataInput input(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_383, 16_384, 16_385, 100_000})
  void bytesAreReadAfterTheirLength(int length) throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    byte[] written = ByteBuffer.allocate(4 + length).putInt(length).put(bytes).array();
    assertThat(BoundedInput.bytes(input(written))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, 1, 1 << 30, Integer.MAX_VALUE})
  void aLengthThatTheInputDoesNotHaveIsRefused(int length) {
    byte[] written = ByteBuffer.allocate(4).putInt(length).array();
    assertThatThrownBy(() -> BoundedInput.bytes(input(written))).isInstanceOf(IOException.class);
  }

  @Test
  void decimalsBeyondMysqlsAreNeitherReadNorWritten() throws IOException {
    BigDecimal longest = new BigDecimal("9".repeat(65) + "." + "9".repeat(30));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Values.write(longest, new DataOutputStream(bytes));
    assertThat(Values.read(input(bytes.toByteArray()))).isEqualTo(longest);
    for (BigDecimal number :
        new BigDecimal[] {
          new BigDecimal("1e1000000000"),
          new BigDecimal("1e-1000000000"),
          new BigDecimal("9".repeat(1_000))
        }) {
      assertThatThrownBy(() -> Values.write(number, new DataOutputStream(bytes)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    byte[] huge = ByteBuffer.allocate(10).put((byte) 2).putInt(-1 << 30).putInt(1).array();
    assertThatThrownBy(() -> Values.read(input(huge))).isInstanceOf(IOException.class);
    byte[] empty = ByteBuffer.allocate(9).put((byte) 2).putInt(0).putInt(0).array();
    assertThatThrownBy(() -> Values.read(input(empty))).isInstanceOf(IOException.class);
  }

  @Test
  void aRowOfMoreValuesThanATableHasColumnsIsRefused() {
    byte[] row = new byte[70_000];
    row[0] = -1;
    row[1] = -1;
    assertThatThrownBy(() -> Values.readRow(input(row)))
        .isInstanceOf(IOException.class)
        .hasMessage("a row of 65535 values");
  }

  @Test
  void aKeyOfManyValuesIsRefused() {
    assertThatThrownBy(() -> Key.ofBytes(new byte[100_000]).values())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
