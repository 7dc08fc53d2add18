package dev.freshet.flow.capture.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.junit.jupiter.api.Test;

class SourceServerTest {
  private static final SourceServer FIRST = new SourceServer("a", 0, "");

  @Test
  void staysBesideThePlace() {
    SourceServer second = FIRST.next("b", "u:5");
    LogPosition place = new LogPosition("binlog.000003", 157, "u:1-6", "u:7", 2, 3, "text", 1234);
    BinlogOffset offset = place.offset(second);
    assertThat(offset.getFilename()).isEqualTo("binlog.000003");
    assertThat(offset.getPosition()).isEqualTo(157);
    assertThat(offset.getGtidSet()).isEqualTo("u:1-6");
    assertThat(SourceServer.of(offset.getOffset())).isEqualTo(new SourceServer("b", 1, "u:5"));
    assertThat(LogPosition.of(offset)).isEqualTo(place);
  }

  @Test
  void aStateThatDoesNotNameItIsOfTheServerThatAnswers() {
    SourceServer unknown = SourceServer.of(Map.of("file", "binlog.000003", "pos", "157"));
    assertThat(unknown).isEqualTo(new SourceServer("", 0, ""));
    assertThat(unknown.isNot("a")).isFalse();
    assertThat(unknown.called("a")).isEqualTo(FIRST);
    assertThat(FIRST.isNot("b")).isTrue();
  }

  @Test
  void whatWasToldInPartAddsUp() {
    SourceServer third = FIRST.next("b", "u:5").next("c", "v:1");
    assertThat(third).isEqualTo(new SourceServer("c", 2, "u:5,v:1"));
    assertThat(third.whole()).isEqualTo(new SourceServer("c", 2, ""));
    assertThat(FIRST.next("b", "").next("c", "v:1").half()).isEqualTo("v:1");
  }

  @Test
  void moreServersThanVersionsCanTellApartAreRefused() {
    assertThatThrownBy(() -> new SourceServer("a", 127, "").next("b", ""))
        .isInstanceOf(SourceFault.class)
        .hasMessageContaining("127")
        .hasMessageContaining("submit the job again");
  }
}
