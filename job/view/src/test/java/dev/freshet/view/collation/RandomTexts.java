package dev.freshet.view.collation;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Random;

/** Random texts of all scripts, and texts that are like them. */
public final class RandomTexts {
  private static final String[] NAMES = {
    "Ana",
    "ANA",
    "Åsa",
    "Asa",
    "José",
    "Jose",
    "Müller",
    "Mueller",
    "Straße",
    "Strasse",
    "Łukasz",
    "Ñandú",
    "Žižka",
    "Đorđe",
    "İstanbul",
    "ılık",
    "Ἀθῆναι",
    "Αθήνα",
    "Сергей",
    "Ёлка",
    "Елка",
    "אבג",
    "שָׁלוֹם",
    "مُحَمَّد",
    "محمد",
    "हिन्दी",
    "বাংলা",
    "தமிழ்",
    "ไทย",
    "เก",
    "กเ",
    "ລາວ",
    "한국어",
    "각",
    "각",
    "日本語",
    "ニホンゴ",
    "にほんご",
    "中文",
    "中文",
    "œuvre",
    "oeuvre",
    "ﬁn",
    "fin",
    "²",
    "2",
    "Ⅳ",
    "IV",
    "ǆ",
    "dž",
    "l·l",
    "ŀl",
    "ae",
    "æ",
    "o'neil",
    "o’neil",
    "co-op",
    "coop",
    "a b",
    "a\u00a0b",
    "😀",
    "👩‍👩‍👧",
    "🇩🇪"
  };

  private static final String[] MARKS = {
    " ",
    "  ",
    "\t",
    "\u0000",
    "\u0001",
    "\u200b",
    "\u00ad",
    "\u0301",
    "\u0308",
    "\u0327",
    "\ufeff",
    "\u3000",
    "\u0e40",
    "\ufffd",
    "\ud83d\ude00",
    "\u1161",
    "-",
    "_",
    "'",
    "0",
    "a",
    "A",
    "z"
  };

  private final Random random;

  public RandomTexts(Random random) {
    this.random = random;
  }

  /** A text of at most 16 characters. */
  public String text() {
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(4);
    for (int i = 0; i < parts; i++) {
      text.append(part());
    }
    return cut(text.toString());
  }

  private String part() {
    return switch (random.nextInt(5)) {
      case 0 -> NAMES[random.nextInt(NAMES.length)];
      case 1 -> MARKS[random.nextInt(MARKS.length)];
      case 2 -> Character.toString(anyCodePoint());
      case 3 -> Character.toString(0x20 + random.nextInt(0x5F));
      default -> Character.toString(0xA0 + random.nextInt(0x500));
    };
  }

  private int anyCodePoint() {
    int limit = random.nextInt(3) == 0 ? Character.MAX_CODE_POINT + 1 : 0x10000;
    int codePoint = random.nextInt(limit);
    return codePoint >= 0xD800 && codePoint <= 0xDFFF ? 'x' : codePoint;
  }

  /** A text that is often equal to another, or differs a little. */
  public String like(String text) {
    return cut(
        switch (random.nextInt(10)) {
          case 0 -> text.toUpperCase(Locale.ROOT);
          case 1 -> text.toLowerCase(Locale.ROOT);
          case 2 -> Normalizer.normalize(text, Normalizer.Form.NFD);
          case 3 -> Normalizer.normalize(text, Normalizer.Form.NFKC);
          case 4 -> Normalizer.normalize(text, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
          case 5 -> text + MARKS[random.nextInt(MARKS.length)];
          case 6 -> text + " ".repeat(1 + random.nextInt(3));
          case 7 -> text.isEmpty() ? part() : text.substring(0, text.offsetByCodePoints(0, 1));
          case 8 -> text + part();
          default -> text();
        });
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= 16
        ? text
        : text.substring(0, text.offsetByCodePoints(0, 16));
  }
}
