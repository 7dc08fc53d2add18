package dev.freshet.view.gtid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Events and sets that a real MySQL 9.7 wrote. */
class GtidEventTest {
  private static Stream<Written> events() {
    return Written.all().filter(written -> !written.kind().equals("set"));
  }

  private static Stream<Written> sets() {
    return Written.all().filter(written -> written.kind().equals("set"));
  }

  @ParameterizedTest
  @MethodSource("events")
  void eventsAreReadAsMysqlNamesThem(Written event) {
    assertThat(read(event)).hasToString(event.gtids());
  }

  @ParameterizedTest
  @MethodSource("sets")
  void setsAreEncodedAsMysqlEncodesThem(Written set) {
    assertThat(GtidSet.parse(set.gtids()).encode()).isEqualTo(set.bytes());
    assertThat(GtidSet.parse(set.gtids())).hasToString(set.gtids());
  }

  @ParameterizedTest
  @MethodSource("events")
  void eventsThatEndTooEarlyAreRefused(Written event) {
    int gtid = event.kind().equals("tagged") ? event.gtids().indexOf(':') : 25;
    for (int length = 0; length < gtid; length++) {
      Written cut = event.with(Arrays.copyOf(event.bytes(), length));
      assertThatThrownBy(() -> read(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void newerFormatsAndFieldsAreRefused() {
    Written event = events().filter(each -> each.kind().equals("tagged")).findFirst().orElseThrow();
    for (List<Integer> change : List.of(List.of(0, 4), List.of(2, 24))) {
      byte[] changed = event.bytes().clone();
      changed[change.get(0)] = change.get(1).byteValue();
      assertThatThrownBy(() -> GtidEvent.tagged(changed))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is unknown to Freshet");
    }
  }

  private static Gtid read(Written event) {
    return event.kind().equals("tagged")
        ? GtidEvent.tagged(event.bytes())
        : GtidEvent.untagged(event.bytes());
  }

  private record Written(String kind, String gtids, byte[] bytes) {
    static Stream<Written> all() {
      String text;
      try (InputStream resource = GtidEventTest.class.getResourceAsStream("mysql-9.7.4.txt")) {
        text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .map(
              words ->
                  new Written(
                      words[0],
                      words[1].equals("-") ? "" : words[1],
                      HexFormat.of().parseHex(words[2])));
    }

    Written with(byte[] others) {
      return new Written(kind, gtids, others);
    }

    @Override
    public String toString() {
      return kind + " " + gtids;
    }
  }
}
