package dev.freshet.reader.form;

import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.OneLine;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Decodes percent-encoded parts of URLs; refuses malformed text. */
public final class PercentCoding {
  private static final int LONGEST_SHOWN = 64;

  private PercentCoding() {}

  /**
   * Decodes one part; {@code +} means a plus.
   *
   * @throws BadForm if a percent sign does not begin an octet, or the octets are not UTF-8
   */
  static String decode(String text) throws BadForm {
    ByteBuffer octets = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (!isOctet(text, i + 1)) {
          throw new BadForm("'" + shorten(text) + "' has a stray %; write %25");
        }
        octets.put((byte) HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else if (c < 0x80) {
        octets.put((byte) c);
      } else {
        throw new BadForm("the address has characters beyond ASCII; percent-encode their UTF-8");
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(octets.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new BadForm("'" + shorten(text) + "' is not UTF-8");
    }
  }

  private static boolean isOctet(String text, int at) {
    return at + 2 <= text.length()
        && HexFormat.isHexDigit(text.charAt(at))
        && HexFormat.isHexDigit(text.charAt(at + 1));
  }

  /** Shortens a long text for a message, on one line. */
  public static String shorten(String text) {
    return OneLine.of(text, LONGEST_SHOWN);
  }
}
