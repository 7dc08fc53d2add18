package dev.freshet.reader.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.JsonForm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Writes the response body of an accepted repair or invalidate request. */
final class RequestJson {
  private RequestJson() {}

  /**
   * Writes the body.
   *
   * @param key the key's values in declared order
   * @param requested the type of the request, such as {@code repair}
   * @param at when the request was sent
   */
  static byte[] write(ViewPlan plan, Object[] key, String requested, Instant at) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = AnswerJson.JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("view", plan.view());
      json.writeObjectFieldStart("key");
      for (int i = 0; i < key.length; i++) {
        json.writeFieldName(plan.keyColumnList().get(i).name());
        JsonForm.write(json, plan.keyColumnList().get(i), key[i]);
      }
      json.writeEndObject();
      json.writeStringField("requested", requested);
      json.writeStringField("at", AnswerJson.instant(at));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }
}
