package dev.freshet.reader.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.MysqlAnswer;
import dev.freshet.reader.answer.Outcome;
import dev.freshet.reader.answer.Page;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.form.Cursor;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import dev.freshet.store.Servability;
import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.JsonForm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Writes answers as JSON. Every field is always present, except {@code stale}, which is present
 * only in stale answers. Items do not contain the key's columns, which are in {@code key}.
 */
final class AnswerJson {
  static final JsonFactory JSON = new JsonFactory();
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private AnswerJson() {}

  static byte[] write(Answer answer) {
    return written(json -> write(answer, json));
  }

  /**
   * Writes an answer within a budget.
   *
   * @throws Unanswered if it is too large
   */
  static List<ByteBuffer> write(Answer answer, ByteBudget.Reservation budget) throws Unanswered {
    return written(json -> write(answer, json), budget);
  }

  /**
   * Writes MySQL's own answer within a budget, with the GTIDs that it contains at least.
   *
   * @throws Unanswered if it is too large
   */
  static List<ByteBuffer> write(MysqlAnswer answer, ByteBudget.Reservation budget)
      throws Unanswered {
    return written(
        json -> {
          json.writeStartObject();
          json.writeStringField("gtid_executed", answer.executed().orElse(null));
          writeFields(answer.answer(), json);
          json.writeEndObject();
        },
        budget);
  }

  /**
   * Writes several answers in order, within a budget; a failed answer has the key and the problem.
   *
   * @throws Unanswered if all answers together are too large
   */
  static List<ByteBuffer> write(List<Outcome> outcomes, ByteBudget.Reservation budget)
      throws Unanswered {
    return written(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("answers");
          for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Answered answered) {
              write(answered.answer(), json);
            } else if (outcome instanceof Outcome.Failed failed) {
              write(failed.question(), Problems.of(failed.why()), json);
            } else if (outcome instanceof Outcome.Forbidden forbidden) {
              write(forbidden.question(), Permit.OTHER_KEY, json);
            }
          }
          json.writeEndArray();
          json.writeEndObject();
        },
        budget);
  }

  /** Writes why the projection cannot serve a key. */
  static byte[] write(Question question, Servability.NotServed why, Instant at) {
    return written(
        json -> {
          json.writeStartObject();
          writeViewAndKey(question, json);
          json.writeStringField("state", why.state().map(KeyState::name).orElse(null));
          json.writeStringField("reason", why.reason().wireName());
          json.writeStringField("at", instant(at));
          json.writeEndObject();
        });
  }

  private static void write(Question question, Problem problem, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    writeViewAndKey(question, json);
    json.writeFieldName("problem");
    json.writeRawValue(new String(problem.json(), StandardCharsets.UTF_8));
    json.writeEndObject();
  }

  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  private static List<ByteBuffer> written(Body body, ByteBudget.Reservation budget)
      throws Unanswered {
    AnswerBytes out = new AnswerBytes(budget);
    try {
      // Closing the generator after a failure would write its rest.
      JsonGenerator json = JSON.createGenerator(out);
      body.write(json);
      json.close();
    } catch (AnswerBytes.Exceeded e) {
      throw e.why();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    budget.encoded();
    return out.buffers();
  }

  private static byte[] written(Body body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      body.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private static void writeViewAndKey(Question question, JsonGenerator json) throws IOException {
    json.writeStringField("view", question.view().name());
    writeKey(question, json);
  }

  /** Writes a field with the values of a question's key. */
  static void writeKey(Question question, JsonGenerator json) throws IOException {
    ViewPlan plan = question.view().plan();
    json.writeObjectFieldStart("key");
    for (int i = 0; i < question.key().size(); i++) {
      writeValue(json, plan.keyColumnList().get(i), question.key().get(i));
    }
    json.writeEndObject();
  }

  private static void write(Answer answer, JsonGenerator json) throws IOException {
    json.writeStartObject();
    writeFields(answer, json);
    json.writeEndObject();
  }

  private static void writeFields(Answer answer, JsonGenerator json) throws IOException {
    ViewPlan plan = answer.question().view().plan();
    List<Object> key = answer.question().key();
    Page page = answer.page();
    writeViewAndKey(answer.question(), json);
    json.writeStringField("source", answer.source().wireName());
    json.writeStringField("state", answer.state().map(KeyState::name).orElse(null));
    json.writeStringField("reason", answer.reason().map(FallbackReason::wireName).orElse(null));
    if (answer.isStale()) {
      json.writeBooleanField("stale", true);
    }
    json.writeStringField("version", answer.printedVersion().orElse(null));
    json.writeStringField("as_of", instant(answer.asOf()));
    json.writeNumberField("lag_ms", answer.lag().toMillis());
    json.writeStringField("total", page.total());
    json.writeArrayFieldStart("items");
    List<Integer> shown = shown(plan);
    for (Object[] row : page.rows()) {
      json.writeStartObject();
      for (int output : shown) {
        writeValue(json, plan.outputs().get(output).column(), row[output]);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField(
        "next_cursor",
        page.next()
            .map(
                next ->
                    Cursor.write(plan, key.toArray(), answer.question().bounds(), next.toArray()))
            .orElse(null));
  }

  private static void writeValue(JsonGenerator json, Column column, Object value)
      throws IOException {
    json.writeFieldName(column.name());
    JsonForm.write(json, column, value);
  }

  /** A text of the key is shown with each entry, because equal texts of a key may differ. */
  private static List<Integer> shown(ViewPlan plan) {
    return IntStream.range(0, plan.outputs().size())
        .filter(i -> plan.outputs().get(i).shown())
        .filter(i -> !plan.key().contains(i) || plan.outputs().get(i).column().foldsTexts())
        .boxed()
        .toList();
  }

  static String instant(Instant instant) {
    return MILLIS.format(instant);
  }
}
