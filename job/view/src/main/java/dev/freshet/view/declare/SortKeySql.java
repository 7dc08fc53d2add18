package dev.freshet.view.declare;

import dev.freshet.view.Expr.SortKey;
import dev.freshet.view.collation.Collation;
import java.util.HexFormat;

/** What {@link SortKey} is in MySQL's words. */
final class SortKeySql {
  private SortKeySql() {}

  /**
   * Returns the expression for the sort key of a text.
   *
   * @param text how the query names the text
   * @param collation the text's collation, which pads
   */
  static String of(String text, String collation) {
    byte[] padding = Collation.of(collation).orElseThrow().padding();
    return "RPAD(WEIGHT_STRING(LEFT(%s, %d)), %d, X'%s')"
        .formatted(text, SortKey.CHARACTERS, SortKey.BYTES, HexFormat.of().formatHex(padding));
  }
}
