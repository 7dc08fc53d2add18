package dev.freshet.flow.binlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Events that MySQL 9.7.4 wrote for
 *
 * <pre>{@code
 * CREATE TABLE m2 (id INT PRIMARY KEY, y YEAR, s INT, u INT UNSIGNED, du DECIMAL(5,2) UNSIGNED,
 *   v VECTOR(3), t1 VARCHAR(5), e1 ENUM('a','b,c','d\\e') CHARACTER SET latin1,
 *   e2 ENUM('ü') CHARACTER SET utf8mb4, t2 TEXT CHARACTER SET gbk, bin VARBINARY(9),
 *   st SET('x','it''s') CHARACTER SET latin1, hid INT UNSIGNED INVISIBLE, b4 BINARY(4),
 *   c300 CHAR(200))
 * }</pre>
 */
class TableMapTest {
  private static final String COLUMNS =
      "7000000000000100016400026d32000f030d0303f6f20ffefefc0ffe03fefe120502041400f701f701020900f801"
          + "fe04ce20fe7f";
  private static final String SIGNS_AND_COLLATIONS = "01015c030a3ffcff001c3f3ffcff000d0103";
  private static final String FULL =
      COLUMNS
          + "01015c030a3ffcff001c3f3ffcff000d0103042d02696401790173017502647501760274310265310265320274"
          + "320362696e0273740368696402623404633330300a050801fcff0005080201780469742773060f03016103622c63"
          + "03645c650102c3bc0801000c02fff6";

  private static TableMap read(String hex) {
    Bytes body = new Bytes(HexFormat.of().parseHex(hex));
    return TableMap.read(TableMap.head(body), body);
  }

  @Test
  void fullMetadataNamesColumnsSignsCollationsAndLabels() {
    TableMap map = read(FULL);
    assertThat(map.database()).isEqualTo("d");
    assertThat(map.table()).isEqualTo("m2");
    assertThat(map.isNamed()).isTrue();
    assertThat(map.columns().stream().map(LogColumn::name))
        .containsExactly(
            "id", "y", "s", "u", "du", "v", "t1", "e1", "e2", "t2", "bin", "st", "hid", "b4",
            "c300");
    assertThat(map.columns().stream().filter(LogColumn::unsigned).map(LogColumn::name))
        .containsExactly("y", "u", "du", "hid");
    assertThat(map.columns().stream().map(LogColumn::collation))
        .containsExactly(0, 0, 0, 0, 0, 63, 255, 8, 255, 28, 63, 8, 0, 63, 255);
    assertThat(labels(map.columns().get(7))).containsExactly("a", "b,c", "d\\e");
    assertThat(labels(map.columns().get(8))).containsExactly("ü");
    assertThat(labels(map.columns().get(11))).containsExactly("x", "it's");
    assertThat(map.columns().get(13).mostBytes()).isEqualTo(4);
    assertThat(map.columns().get(14).mostBytes()).isEqualTo(800);
    assertThat(map.columns().get(0).nullable()).isFalse();
    assertThat(map.columns().get(1).nullable()).isTrue();
  }

  private static List<String> labels(LogColumn column) {
    return column.labels().stream()
        .map(label -> new String(label, StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void minimalMetadataNamesNothing() {
    TableMap map = read(COLUMNS + SIGNS_AND_COLLATIONS);
    assertThat(map.isNamed()).isFalse();
    assertThat(map.columns().get(7).labels()).isNull();
    assertThat(map.columns().get(7).collation()).isZero();
    assertThat(map.columns().get(9).collation()).isEqualTo(28);
    assertThat(map.columns().get(3).unsigned()).isTrue();
  }

  @Test
  void anEventThatIsCutIsNotRead() {
    for (int bytes = 1; bytes <= 3; bytes++) {
      String cut = FULL.substring(0, FULL.length() - 2 * bytes);
      assertThatThrownBy(() -> read(cut)).as(cut).isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThatThrownBy(() -> read(FULL.substring(0, 40)))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void numbersThatTheEventDoesNotHaveAreRefused() {
    // 2^30 columns, and 2^30 labels.
    String columns = FULL.substring(0, 30) + "fe0000004000000000";
    String labels = FULL.replace("060f03016103622c6303645c65", "060ffe00000040000000006162");
    for (String hex : List.of(columns, labels)) {
      assertThatThrownBy(() -> read(hex)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void jsonThatIsNotBoundedIsUnreadable() {
    LogColumn json = column(LogColumn.JSON, 4, false);
    String bounded = "19000000" + "00" + "010018000b000100020c00" + "6102000c000501000c0a000178";
    assertThat(value(json, bounded).toString()).isEqualToIgnoringWhitespace("{\"a\":[1,\"x\"]}");
    for (String value :
        List.of(
            // 2^30 elements, a text of 2^27 bytes, an array that contains itself.
            "01" + "00000040ffffff7f",
            "0c" + "80808040",
            "02" + "01000700020000",
            "02" + "01000700020400")) {
      String length = "%02x000000".formatted(value.length() / 2);
      assertThat(value(json, length + value)).as(value).isInstanceOf(Unreadable.class);
    }
  }

  @Test
  void anArrayInWhichEachElementIsTheSameArrayIsUnreadable() {
    // Each of 40 levels has two elements, both at the next level.
    StringBuilder levels = new StringBuilder("02");
    for (int i = 0; i < 40; i++) {
      int size = 10 * (40 - i) + 10;
      levels.append("0200%02x%02x020a00020a00".formatted(size & 0xff, size >> 8));
    }
    levels.append("00000400000000000000");
    int bytes = levels.length() / 2;
    String length = "%02x%02x0000".formatted(bytes & 0xff, bytes >> 8);
    assertThat(value(column(LogColumn.JSON, 4, false), length + levels))
        .isInstanceOf(Unreadable.class);
  }

  @Test
  void aLengthBelowZeroEndsTheRow() {
    LogColumn blob = column(LogColumn.BLOB, 8, false);
    assertThatThrownBy(() -> value(blob, "f8ffffffffffffff00"))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void rowsHaveOnlyTheColumnsInUse() {
    TableMap map = read(FULL);
    List<ColumnReader> readers =
        IntStream.range(0, map.columns().size())
            .mapToObj(
                i ->
                    i == 0
                        ? ColumnReader.of(map.columns().get(i), "", List.of())
                        : ColumnReader.skipping(map.columns().get(i)))
            .toList();
    EventHead head = new EventHead(EventHead.WRITE_ROWS, 1, 100, 1000, 0);
    Bytes body = new Bytes(HexFormat.of().parseHex("700000000000110002000ffffffe7f02000000"));
    RowsEvent event = RowsEvent.read(head, body);
    assertThat(event.whole()).isTrue();
    assertThat(event.columns()).isEqualTo(15);
    Object[] row = new RowReader(readers, new int[15], 1).read(body);
    assertThat(row).containsExactly(2L);
    assertThat(body.left()).isZero();
  }

  @Test
  void valuesAreCanonical() {
    assertThat(value(column(LogColumn.LONGLONG, 0, true), "ffffffffffffffff"))
        .isEqualTo(new BigDecimal("18446744073709551615"));
    assertThat(value(column(LogColumn.LONG, 0, true), "ffffffff")).isEqualTo(4294967295L);
    assertThat(value(column(LogColumn.LONG, 0, false), "ffffffff")).isEqualTo(-1L);
    assertThat(value(column(LogColumn.INT24, 0, false), "000080")).isEqualTo(-8388608L);
    assertThat(value(column(LogColumn.YEAR, 0, true), "00")).isEqualTo(0L);
    assertThat(value(column(LogColumn.YEAR, 0, true), "ff")).isEqualTo(2155L);
    assertThat(value(column(LogColumn.BIT, 1 << 8 | 4, false), "0a01"))
        .isEqualTo(new byte[] {10, 1});
    assertThat(value(column(LogColumn.STRING, 0xfe << 8 | 4, false), "026162"))
        .isEqualTo(new byte[] {'a', 'b', 0, 0});
  }

  @Test
  void aLabelThatIsNotKnownIsUnreadable() {
    LogColumn column = column(LogColumn.ENUM, 1, false);
    List<String> labels = List.of("a", "b");
    assertThat(value(column, "02", labels)).isEqualTo("b");
    assertThat(value(column, "00", labels)).isEqualTo("");
    assertThat(value(column, "03", labels)).isInstanceOf(Unreadable.class);
    LogColumn set = column(LogColumn.SET, 1, false);
    assertThat(value(set, "03", labels)).isEqualTo("a,b");
    assertThat(value(set, "04", labels)).isInstanceOf(Unreadable.class);
  }

  private static LogColumn column(int type, int meta, boolean unsigned) {
    return new LogColumn(type, meta, true, unsigned, 0, "", null);
  }

  private static Object value(LogColumn column, String hex) {
    return value(column, hex, List.of());
  }

  private static Object value(LogColumn column, String hex, List<String> labels) {
    Bytes in = new Bytes(HexFormat.of().parseHex(hex));
    Object value = ColumnReader.of(column, "", labels).read(in);
    assertThat(in.left()).isZero();
    return value;
  }
}
