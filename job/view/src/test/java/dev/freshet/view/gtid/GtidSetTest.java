package dev.freshet.view.gtid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GtidSetTest {
  private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  private static final String B = "85df5c79-ebfe-11f1-9632-02fc00000001";

  /** A stands for one server and B for another; the right sides are what MySQL 9.7.4 printed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A:1-3:2-5|A:1-5",
        "A:tag:1:2-4:b:1, A:b:2|A:b:1-2:tag:1-4",
        "A:tag:1:tag:2|A:tag:1-2",
        " A : 1 - 2 |A:1-2",
        "A:TAG:1|A:tag:1",
        "A:1:4:3|A:1:3-4",
        "A:tag:5-6:1:2,A:b:1,A:4|A:4:b:1:tag:1-2:5-6",
        "A:9223372036854775806|A:9223372036854775806",
        "A:abcdefghijklmnopqrstuvwxyz012345:1|A:abcdefghijklmnopqrstuvwxyz012345:1",
        "B:1,A:2|A:2,B:1"
      })
  void whatMysqlTakesIsReadAsItReadsIt(String text, String canonical) {
    assertThat(set(text)).hasToString(servers(canonical)).isEqualTo(set(canonical));
    assertThat(set(canonical)).hasToString(servers(canonical)).hasSameHashCodeAs(set(text));
  }

  @Test
  void aSetOnSeveralLinesIsParsed() {
    assertThat(GtidSet.parse(A + ":1-3:other_9:1:tag:1,\n" + B + ":2\n"))
        .hasToString(A + ":1-3:other_9:1:tag:1," + B + ":2");
    assertThat(GtidSet.parse(" \n")).isEqualTo(GtidSet.EMPTY).hasToString("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        "A:",
        "A:0",
        "A:5-3",
        "A:tag",
        "A:tag:",
        "A:1:tag",
        "A:tag:other:1",
        "A::1",
        "A:1::2",
        "A:1-2-3",
        "A:+1",
        "A:1,",
        ",A:1",
        "A:9223372036854775807",
        "A:abcdefghijklmnopqrstuvwxyz0123456:1",
        "A:1tag:1",
        "A:tàg:1",
        "A:ta-g:1",
        "1-1-1-1-1:1",
        "23"
      })
  void whatIsNoSetIsRefusedWithTheForm(String text) {
    assertThatThrownBy(() -> set(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("server_uuid:1-5:tag:1-3");
  }

  /** Merged one by one, these ranges took 128 MB for a text of 24 KB. */
  @Test
  void manyRangesAreMergedOnce() {
    StringBuilder text = new StringBuilder(A);
    for (int number = 8_001; number > 0; number -= 2) {
      text.append(':').append(number);
    }
    assertThat(GtidSet.parse(text.toString()).toString()).startsWith(A + ":1:3:5:7:9:11");
    assertThat(GtidSet.parse(text + ":2-8000")).isEqualTo(set("A:1-8001"));
  }

  @Test
  void aTagHasNumbersOfItsOwn() {
    assertThat(set("A:1-5:tag:1-2").contains(set("A:2:tag:2"))).isTrue();
    assertThat(set("A:1-5").contains(set("A:tag:1"))).isFalse();
    assertThat(set("A:tag:1-5").contains(set("A:1"))).isFalse();
    assertThat(set("A:tag:1-5").contains(set("A:other:1"))).isFalse();
    assertThat(set("A:tag:1-5").contains(set("B:tag:1"))).isFalse();
    assertThat(set("A:1").isTagged()).isFalse();
    assertThat(set("A:1,B:t:1").isTagged()).isTrue();
  }

  @Test
  void addsOneTransaction() {
    Gtid gtid = new Gtid(UUID.fromString(A), "Tag", 3);
    assertThat(gtid).hasToString(A + ":tag:3").isEqualTo(new Gtid(UUID.fromString(A), "tag", 3));
    assertThat(set("A:1-5:tag:1-2,B:1").with(gtid)).isEqualTo(set("A:1-5:tag:1-3,B:1"));
    assertThat(set("A:1-5,B:1").with(gtid)).isEqualTo(set("A:1-5:tag:3,B:1"));
    assertThat(GtidSet.EMPTY.with(gtid).contains(gtid)).isTrue();
    assertThat(set("A:3").contains(gtid)).isFalse();
    assertThat(GtidSet.EMPTY.with(new Gtid(UUID.fromString(A), "", 7))).isEqualTo(set("A:7"));
  }

  @Test
  void identifiersThatMysqlRefusesAreRefused() {
    UUID server = UUID.fromString(A);
    assertThatThrownBy(() -> new Gtid(server, "", 0)).hasMessageContaining("between 1 and");
    assertThatThrownBy(() -> new Gtid(server, "", Long.MAX_VALUE)).hasMessageContaining(":922");
    assertThatThrownBy(() -> new Gtid(server, "a-b", 1)).hasMessageContaining("'a-b'");
  }

  @Test
  void serversAreOrderedByTheirBytes() {
    assertThat(
            GtidSet.parse(
                "ffffffff-0000-4000-8000-000000000000:1,00000000-0000-4000-ffff-000000000000:1,"
                    + "00000000-0000-4000-8000-000000000000:1,80000000-0000-4000-8000-000000000000:1"))
        .hasToString(
            "00000000-0000-4000-8000-000000000000:1,00000000-0000-4000-ffff-000000000000:1,"
                + "80000000-0000-4000-8000-000000000000:1,ffffffff-0000-4000-8000-000000000000:1");
  }

  private static GtidSet set(String text) {
    return GtidSet.parse(servers(text));
  }

  private static String servers(String text) {
    return text.replace("A:", A + ":")
        .replaceAll("^A$", A)
        .replace("A ", A + " ")
        .replace("B:", B + ":");
  }
}
