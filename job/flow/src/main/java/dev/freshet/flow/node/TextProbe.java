package dev.freshet.flow.node;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fails where a text in a row asks for it: {@code freshet-fails-STAGE-N} fails at a stage, such as
 * {@code PART}, in the first N attempts. For tests on real servers.
 */
public final class TextProbe implements Probe {
  private static final long serialVersionUID = 1L;
  private static final Pattern WISH = Pattern.compile("freshet-fails-([A-Z]+)-(\\d+)");

  @Override
  public void at(Stage stage, Object[] row, int attempt) {
    for (Object value : row) {
      if (value instanceof String text) {
        Matcher wish = WISH.matcher(text);
        if (wish.find()
            && wish.group(1).equals(stage.name())
            && attempt <= Integer.parseInt(wish.group(2))) {
          throw new IllegalStateException("a test lets " + stage + " fail, attempt " + attempt);
        }
      }
    }
  }
}
