package dev.freshet.reader.form;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.TextForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The opaque text with which a caller requests the next page: base64url of a JSON object with the
 * view, the key, the order's columns, and the values of these columns in the page's last entry. The
 * order is total, so the values define a position among the key's entries in either database, even
 * if that entry no longer exists.
 *
 * <p>A cursor is only accepted for the view, the key and the order that it was made for, and only
 * unchanged.
 */
public final class Cursor {
  private static final String VIEW = "v";
  private static final String KEY = "k";
  private static final String ORDER = "o";
  private static final String AFTER = "a";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Cursor() {}

  /**
   * Makes the cursor of a page that ends with an entry.
   *
   * @param after the entry's values, one for each column of the plan's order
   */
  public static String write(ViewPlan plan, Object[] key, Object[] after) {
    ObjectNode cursor = JSON.createObjectNode();
    cursor.put(VIEW, plan.view());
    cursor.set(KEY, keyTexts(plan, key));
    cursor.set(ORDER, orderTexts(plan));
    ArrayNode values = cursor.putArray(AFTER);
    for (int i = 0; i < after.length; i++) {
      values.add(TextForm.print(orderColumn(plan, i), after[i]));
    }
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(cursor.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Parses a cursor. Returns the values after which the page begins, one for each column of the
   * plan's order.
   *
   * @throws BadForm if the text is not a cursor of this view and key
   */
  public static Object[] read(ViewPlan plan, Object[] key, String text) throws BadForm {
    JsonNode cursor = decode(text);
    if (!cursor.path(VIEW).asText().equals(plan.view())) {
      throw new BadForm("the cursor belongs to another view than " + plan.view());
    }
    if (!cursor.path(KEY).equals(keyTexts(plan, key))) {
      throw new BadForm("the cursor belongs to another key of " + plan.view());
    }
    JsonNode values = cursor.path(AFTER);
    if (!cursor.path(ORDER).equals(orderTexts(plan)) || values.size() != plan.order().size()) {
      throw new BadForm(
          "the cursor was made for another order of " + plan.view() + "; start without a cursor");
    }
    Object[] after = new Object[values.size()];
    for (int i = 0; i < after.length; i++) {
      if (!values.get(i).isTextual()) {
        throw altered();
      }
      try {
        after[i] = TextForm.parse(orderColumn(plan, i), values.get(i).textValue());
      } catch (BadForm e) {
        throw altered();
      }
    }
    if (!write(plan, key, after).equals(text)) {
      throw altered();
    }
    return after;
  }

  private static JsonNode decode(String text) throws BadForm {
    try {
      JsonNode cursor = JSON.readTree(Base64.getUrlDecoder().decode(text));
      if (cursor.isObject()) {
        return cursor;
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // Not base64url or not JSON: one message for all texts that are not cursors.
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
    throw new BadForm("the text is not a cursor; send next_cursor of a page unchanged");
  }

  private static BadForm altered() {
    return new BadForm("the cursor was altered; send next_cursor of a page unchanged");
  }

  private static ArrayNode keyTexts(ViewPlan plan, Object[] key) {
    ArrayNode texts = JSON.createArrayNode();
    for (int i = 0; i < key.length; i++) {
      texts.add(TextForm.print(plan.keyColumnList().get(i), key[i]));
    }
    return texts;
  }

  private static ArrayNode orderTexts(ViewPlan plan) {
    ArrayNode texts = JSON.createArrayNode();
    for (int i = 0; i < plan.order().size(); i++) {
      String name = orderColumn(plan, i).name();
      texts.add(plan.order().get(i).descending() ? "-" + name : name);
    }
    return texts;
  }

  private static Column orderColumn(ViewPlan plan, int index) {
    return plan.outputs().get(plan.order().get(index).output()).column();
  }
}
