package dev.freshet.flow.capture.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.stream.Stream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReceivedTest {
  private static final byte[] MESSAGE = "{}".getBytes(StandardCharsets.UTF_8);

  @Test
  void aMessageRoundTripsWithItsPlace() {
    for (Stream stream : new Stream[] {Stream.RETRY, Stream.REQUESTS}) {
      Received placed = new Received(stream, 3, 1L << 40, MESSAGE);
      assertThat(Received.read(placed.encode())).isEqualTo(placed);
      Received unplaced = Received.of(stream, MESSAGE);
      assertThat(Received.read(unplaced.encode())).isEqualTo(unplaced);
      assertThat(unplaced.encode()).hasSize(MESSAGE.length + 1);
    }
  }

  @Test
  void otherBytesAreRefused() {
    for (byte[] source : new byte[][] {{}, {0}, {5, 1}, {3, 0, 0, 0, 1, 0}, {4, -1, 0, 0, 0}}) {
      assertThatThrownBy(() -> Received.read(source)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theLineOfARefusedMessageNamesItsPlaceAndItsBytesOnOneLine() {
    byte[] source = new Received(Stream.REQUESTS, 0, 17, MESSAGE).encode();
    assertThat(RefusedMessages.line(source, new IllegalArgumentException("a\nb"), 5))
        .startsWith("Kafka: the message of the stream requests in partition 0 at offset 17 is")
        .contains("left out (a b)", "It has 2 bytes, which begin in base64 with e30=; 5 more")
        .doesNotContain("\n");
    assertThat(RefusedMessages.line(new byte[] {9}, new StackOverflowError(), 0))
        .contains("a message in an unknown form", "StackOverflowError");
  }

  @Test
  void refusedMessagesAreCounted() {
    RefusedMessages refused = new RefusedMessages();
    for (int i = 0; i < 1000; i++) {
      refused.add(MESSAGE, new IllegalArgumentException("x"), i);
    }
    assertThat(refused.count()).isEqualTo(1000);
  }
}
