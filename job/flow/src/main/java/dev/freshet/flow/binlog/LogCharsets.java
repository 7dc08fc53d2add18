package dev.freshet.flow.binlog;

import dev.freshet.view.CharacterSets;
import java.nio.charset.Charset;
import java.util.Map;

/** Maps MySQL's character sets to Java's charsets. */
public final class LogCharsets {
  private static final Map<String, String> CHARSETS =
      Map.ofEntries(
          Map.entry("armscii8", "windows-1252"),
          Map.entry("ascii", "US-ASCII"),
          Map.entry("big5", "Big5"),
          Map.entry("binary", "ISO-8859-1"),
          Map.entry("cp1250", "windows-1250"),
          Map.entry("cp1251", "windows-1251"),
          Map.entry("cp1256", "windows-1256"),
          Map.entry("cp1257", "windows-1257"),
          Map.entry("cp850", "IBM850"),
          Map.entry("cp852", "IBM852"),
          Map.entry("cp866", "IBM866"),
          Map.entry("cp932", "windows-31j"),
          Map.entry("dec8", "windows-1252"),
          Map.entry("eucjpms", "x-eucJP-Open"),
          Map.entry("euckr", "EUC-KR"),
          Map.entry("gb18030", "GB18030"),
          Map.entry("gb2312", "GB2312"),
          Map.entry("gbk", "GBK"),
          Map.entry("geostd8", "windows-1252"),
          Map.entry("greek", "ISO-8859-7"),
          Map.entry("hebrew", "ISO-8859-8"),
          Map.entry("hp8", "windows-1252"),
          Map.entry("keybcs2", "IBM852"),
          Map.entry("koi8r", "KOI8-R"),
          Map.entry("koi8u", "KOI8-R"),
          Map.entry("latin1", "windows-1252"),
          Map.entry("latin2", "ISO-8859-2"),
          Map.entry("latin5", "ISO-8859-9"),
          Map.entry("latin7", "ISO-8859-13"),
          Map.entry("macce", "x-MacCentralEurope"),
          Map.entry("macroman", "x-MacRoman"),
          Map.entry("sjis", "Shift_JIS"),
          Map.entry("swe7", "windows-1252"),
          Map.entry("tis620", "TIS-620"),
          Map.entry("ucs2", "UTF-16BE"),
          Map.entry("ujis", "EUC-JP"),
          Map.entry("utf16", "UTF-16BE"),
          Map.entry("utf16le", "UTF-16LE"),
          Map.entry("utf32", "UTF-32BE"),
          Map.entry("utf8", "UTF-8"),
          Map.entry("utf8mb3", "UTF-8"),
          Map.entry("utf8mb4", "UTF-8"));

  private LogCharsets() {}

  /**
   * The charset that decodes text of a collation. {@link CharacterSets} knows whether it decodes
   * every text as MySQL does.
   *
   * @throws IllegalArgumentException if the character set is unknown
   */
  public static Charset charset(String collation) {
    String set = CharacterSets.of(collation);
    String charset = CHARSETS.get(set);
    if (charset == null) {
      throw new IllegalArgumentException(
          "the character set '" + set + "' is not known; convert the column to utf8mb4");
    }
    return Charset.forName(charset);
  }
}
