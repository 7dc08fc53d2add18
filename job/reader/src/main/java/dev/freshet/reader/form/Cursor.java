package dev.freshet.reader.form;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.TextForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The opaque text with which a caller requests the next page: base64url of a JSON object with the
 * view, the key, the order's columns, the bounds of a view that has some, and the values of these
 * columns in the page's last entry. The order is total, so the values define a position among the
 * key's entries in either database, even if that entry no longer exists.
 *
 * <p>A cursor is only accepted for the view, the key, the order and the bounds that it was made
 * for, and only unchanged.
 */
public final class Cursor {
  private static final String VIEW = "v";
  private static final String KEY = "k";
  private static final String ORDER = "o";
  private static final String BOUNDS = "b";
  private static final String AFTER = "a";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Cursor() {}

  /**
   * Creates the cursor of the page whose last entry is given.
   *
   * @param key the key's values in declared order
   * @param bounds for each of {@link ViewPlan#bounds}, the value that the request gives; empty if
   *     it gives none
   * @param after the entry's values, one for each column of the plan's order; null for NULL
   */
  public static String write(
      ViewPlan plan, Object[] key, List<Optional<Object>> bounds, Object[] after) {
    ObjectNode cursor = JSON.createObjectNode();
    cursor.put(VIEW, plan.view());
    ArrayNode keys = cursor.putArray(KEY);
    keyTexts(plan, key).forEach(text -> keys.add(text));
    ArrayNode order = cursor.putArray(ORDER);
    orderTexts(plan).forEach(text -> order.add(text));
    if (!bounds.isEmpty()) {
      ArrayNode given = cursor.putArray(BOUNDS);
      boundTexts(plan, bounds).forEach(text -> given.add(text));
    }
    ArrayNode values = cursor.putArray(AFTER);
    for (int i = 0; i < after.length; i++) {
      values.add(after[i] == null ? null : TextForm.print(orderColumn(plan, i), after[i]));
    }
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(cursor.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Parses a cursor. Returns the values after which the page begins, one for each column of the
   * plan's order; null for NULL.
   *
   * @param key the key's values in declared order
   * @param bounds for each of {@link ViewPlan#bounds}, the value that the request gives; empty if
   *     it gives none
   * @throws BadForm if the text is not a cursor of this view, key and bounds
   */
  public static Object[] read(
      ViewPlan plan, Object[] key, List<Optional<Object>> bounds, String text) throws BadForm {
    try (JsonParser json = JSON.createParser(Base64.getUrlDecoder().decode(text))) {
      Object[] after = read(plan, key, bounds, json);
      if (!write(plan, key, bounds, after).equals(text)) {
        throw altered();
      }
      return after;
    } catch (IOException | IllegalArgumentException e) {
      // The text is not base64url, not JSON, or begins like UTF-32 but is not; all get one message.
      throw none();
    }
  }

  /** Reads the fields in the order in which they are written, up to the first that is wrong. */
  private static Object[] read(
      ViewPlan plan, Object[] key, List<Optional<Object>> bounds, JsonParser json)
      throws BadForm, IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw none();
    }
    String first = json.nextFieldName();
    if (first == null) {
      throw none();
    }
    if (!first.equals(VIEW) || !plan.view().equals(json.nextTextValue())) {
      throw new BadForm("the cursor belongs to another view than " + plan.view());
    }
    if (!has(json, KEY, keyTexts(plan, key))) {
      throw new BadForm("the cursor belongs to another key of " + plan.view());
    }
    if (!has(json, ORDER, orderTexts(plan))) {
      throw new BadForm(
          "the cursor was made for another order of " + plan.view() + "; start without a cursor");
    }
    if (!bounds.isEmpty() && !has(json, BOUNDS, boundTexts(plan, bounds))) {
      throw new BadForm("the cursor was made for other bounds; send the from and to of its page");
    }
    if (!AFTER.equals(json.nextFieldName()) || json.nextToken() != JsonToken.START_ARRAY) {
      throw altered();
    }
    Object[] after = new Object[plan.order().size()];
    for (int i = 0; i < after.length; i++) {
      String value = json.nextTextValue();
      boolean isNull = json.currentToken() == JsonToken.VALUE_NULL;
      if (value == null && !(isNull && orderColumn(plan, i).nullable())) {
        throw altered();
      }
      try {
        after[i] = isNull ? null : TextForm.parse(orderColumn(plan, i), value);
      } catch (BadForm e) {
        throw altered();
      }
    }
    return after;
  }

  private static boolean has(JsonParser json, String field, List<String> texts) throws IOException {
    if (!field.equals(json.nextFieldName()) || json.nextToken() != JsonToken.START_ARRAY) {
      return false;
    }
    for (String text : texts) {
      if (!Objects.equals(text, json.nextTextValue())) {
        return false;
      }
    }
    return json.nextToken() == JsonToken.END_ARRAY;
  }

  private static BadForm none() {
    return new BadForm("the text is not a cursor; send next_cursor of a page unchanged");
  }

  private static BadForm altered() {
    return new BadForm("the cursor was altered; send next_cursor of a page unchanged");
  }

  private static List<String> keyTexts(ViewPlan plan, Object[] key) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < key.length; i++) {
      texts.add(TextForm.print(plan.keyColumnList().get(i), key[i]));
    }
    return texts;
  }

  private static List<String> orderTexts(ViewPlan plan) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < plan.order().size(); i++) {
      String name = orderColumn(plan, i).name();
      texts.add(plan.order().get(i).descending() ? "-" + name : name);
    }
    return texts;
  }

  /** Returns the texts of the bounds; null where the request gives none. */
  private static List<String> boundTexts(ViewPlan plan, List<Optional<Object>> bounds) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < bounds.size(); i++) {
      Column column = plan.outputs().get(plan.bounds().get(i).output()).column();
      texts.add(bounds.get(i).map(value -> TextForm.print(column, value)).orElse(null));
    }
    return texts;
  }

  private static Column orderColumn(ViewPlan plan, int index) {
    return plan.outputs().get(plan.order().get(index).output()).column();
  }
}
