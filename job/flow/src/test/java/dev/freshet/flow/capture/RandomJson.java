package dev.freshet.flow.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random JSON documents, as SQL expressions. */
final class RandomJson {
  private static final String[] SCALARS = {
    "NULL",
    "TRUE",
    "FALSE",
    "0",
    "-1",
    "32767",
    "-32769",
    "65535",
    "65536",
    "-2147483649",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "-0e0",
    "CAST(1.50 AS DECIMAL(5,2))",
    "CAST(-0.000000000000000000000000000001 AS DECIMAL(65,30))",
    "DATE'2024-02-29'",
    "DATE'0001-01-01'",
    "TIME'23:59:59.000001'",
    "CAST('-12:34:56' AS TIME)",
    "TIMESTAMP'9999-12-31 23:59:59.999999'",
    "X'00FF'",
    "REPEAT(X'01', 57)",
    "REPEAT(X'01', 58)",
    "b'101'",
    "POINT(1, -2.5)",
    "''",
    "'it''s \\\"so\\\" \\\\ /'",
    "'ä😀\uFFFD'",
    "REPEAT('long ', 60)",
    "CONVERT(X'0001081F0A0D0C097F' USING utf8mb4)"
  };

  private final Random random;

  RandomJson(Random random) {
    this.random = random;
  }

  /** An expression of type JSON. */
  String document(int depth) {
    List<String> parts = new ArrayList<>();
    boolean object = random.nextBoolean();
    int size = random.nextInt(5);
    for (int i = 0; i < size; i++) {
      String value = depth > 0 && random.nextInt(3) == 0 ? document(depth - 1) : scalar();
      parts.add(object ? "'" + "k".repeat(random.nextInt(4)) + i + "', " + value : value);
    }
    return (object ? "JSON_OBJECT(" : "JSON_ARRAY(") + String.join(", ", parts) + ")";
  }

  /** A document that is so large that its offsets have four bytes. */
  String large() {
    return "JSON_ARRAY(REPEAT('x', 70000), 7, -70000, 4000000000, " + scalar() + ")";
  }

  private String scalar() {
    return switch (random.nextInt(4)) {
      case 0 -> number();
      case 1 -> random.nextInt() + "";
      default -> SCALARS[random.nextInt(SCALARS.length)];
    };
  }

  private String number() {
    double number =
        switch (random.nextInt(4)) {
          case 0 -> Double.longBitsToDouble(random.nextLong());
          case 1 -> Math.scalb(1.0, random.nextInt(2098) - 1074);
          case 2 -> random.nextLong() / Math.pow(10, random.nextInt(6));
          default -> random.nextInt(1000) * Math.pow(10, random.nextInt(44) - 22);
        };
    return Double.isFinite(number)
        ? "CAST('" + number + "' AS DOUBLE)"
        : Double.toString(Double.MIN_VALUE);
  }
}
