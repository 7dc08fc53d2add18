package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.store.Progress;
import dev.freshet.view.ValueType;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WritePositionTest {
  private static final String SERVER = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  private static final String OTHER = "3e11fa47-71ca-11e1-9e33-c80aa9429563";

  @Test
  void aPlaceIsReachedByOneAtOrBehindIt() throws BadForm {
    WritePosition written = WritePosition.parse("mysql-bin.000012:4567");
    assertThat(written.isIn(at(0, 12, 4566))).isFalse();
    assertThat(written.isIn(at(0, 12, 4567))).isTrue();
    assertThat(written.isIn(at(0, 13, 4))).isTrue();
  }

  @Test
  void aPlaceWithoutAnEpochIsNotTakenForOneOfAnotherServer() throws BadForm {
    assertThat(WritePosition.parse("binlog.000003:500").isIn(at(1, 2, 900))).isFalse();
    assertThat(WritePosition.parse("binlog.000003:500").isIn(at(1, 9, 500))).isFalse();
    assertThat(WritePosition.parse("1/binlog.000003:500").isIn(at(1, 3, 500))).isTrue();
    assertThat(WritePosition.parse("1/binlog.000003:500").isIn(at(0, 9, 500))).isFalse();
  }

  @Test
  void gtidsAreReachedWhenAllOfThemAreThere() throws BadForm {
    WritePosition one =
        WritePosition.parse("gtid:" + SERVER.toUpperCase(java.util.Locale.ROOT) + ":23");
    assertThat(one.isIn(with(SERVER + ":1-22"))).isFalse();
    assertThat(one.isIn(with(SERVER + ":1-23,\n" + OTHER + ":1-5"))).isTrue();
    assertThat(one.isIn(with(""))).isFalse();
    WritePosition some = WritePosition.parse("gtid:" + SERVER + ":1-3:7," + OTHER + ":2");
    assertThat(some.isIn(with(SERVER + ":1-7"))).isFalse();
    assertThat(some.isIn(with(SERVER + ":1-7," + OTHER + ":1-2"))).isTrue();
  }

  @Test
  void theNumbersOfATagAreNotTheServersOwn() throws BadForm {
    WritePosition tagged = WritePosition.parse("gtid:" + SERVER + ":Payroll:3");
    assertThat(tagged.isIn(with(SERVER + ":1-9"))).isFalse();
    assertThat(tagged.isIn(with(SERVER + ":1-9:payroll:1-2"))).isFalse();
    assertThat(tagged.isIn(with(SERVER + ":1-9:payroll:1-3"))).isTrue();
    assertThat(WritePosition.parse("gtid:" + SERVER + ":4").isIn(with(SERVER + ":1-3:payroll:1-9")))
        .isFalse();
  }

  @Test
  void anEventIsReachedWhenItsPartitionIs() throws BadForm {
    ViewPlan plan =
        PlanBuilder.plan("v")
            .key("id", ValueType.INTEGER, "bigint")
            .overEvents("shipments")
            .build();
    WritePosition one = WritePosition.parse("shipments/3:4711", plan);
    assertThat(one.isIn(with("shipments/0:9999,shipments/3:4710"))).isFalse();
    assertThat(one.isIn(with("shipments/3:4711"))).isTrue();
    assertThat(one.isIn(with(""))).isFalse();
    WritePosition both = WritePosition.parse("shipments/0:1,shipments/3:2", plan);
    assertThat(both.isIn(with("shipments/3:4711"))).isFalse();
    assertThat(both.isIn(with("shipments/0:1,shipments/3:4711"))).isTrue();
    assertThatThrownBy(() -> WritePosition.parse("orders/0:1", plan))
        .isInstanceOf(BadForm.class)
        .hasMessage("the view does not read the topic 'orders'; it reads [shipments]");
    assertThatThrownBy(() -> WritePosition.parse("binlog.000012:4567", plan))
        .isInstanceOf(BadForm.class)
        .hasMessageContaining("shipments/3:4711");
    assertThatThrownBy(() -> WritePosition.parse("shipments/3:4711", PlanBuilder.inbox()))
        .isInstanceOf(BadForm.class);
  }

  @Test
  void aServerMayComeTwice() throws BadForm {
    WritePosition written = WritePosition.parse("gtid:" + SERVER + ":5," + SERVER + ":1");
    assertThat(written.isIn(with(SERVER + ":5"))).isFalse();
    assertThat(written.isIn(with(SERVER + ":1-5"))).isTrue();
  }

  @Test
  void aSetMayHaveManyGaps() throws BadForm {
    StringBuilder gaps = new StringBuilder("gtid:" + SERVER);
    for (int i = 1; i < 5_000; i += 2) {
      gaps.append(':').append(i);
    }
    assertThat(WritePosition.parse(gaps.toString()).isIn(with(SERVER + ":1-5000"))).isTrue();
    assertThat(WritePosition.parse(gaps.toString()).isIn(with(SERVER + ":1-4000"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "binlog.000012",
        "4567",
        "gtid:",
        "gtid:23",
        "gtid:3e11fa47-71ca-11e1-9e33-c80aa9429562",
        "gtid:3e11fa47-71ca-11e1-9e33-c80aa9429562:0",
        "gtid:3e11fa47-71ca-11e1-9e33-c80aa9429562:tag",
        "gtid:3e11fa47-71ca-11e1-9e33-c80aa9429562:ta-g:1",
        "gtid:3e11fa47-71ca-11e1-9e33-c80aa9429562:9-3",
        "gtid:3e11fa47-71ca-11e1-9e33-c80aa9429562:5,",
        "128/binlog.000012:4567",
        "binlog.000012:99999999999"
      })
  void whatIsNeitherIsRefused(String text) {
    assertThatThrownBy(() -> WritePosition.parse(text))
        .isInstanceOf(BadForm.class)
        .hasMessageContaining("server_uuid:1-5");
  }

  private static Progress at(int epoch, long file, long position) {
    return new Progress(Version.of(epoch, file, position), "", Optional.empty(), true);
  }

  private static Progress with(String gtids) {
    return new Progress(1, gtids, Optional.empty(), true);
  }
}
