package dev.freshet.reader.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.form.KeyPath;
import dev.freshet.reader.form.PercentCoding;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.StrictJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses the body of a request for many keys. */
final class BatchRequest {
  static final int MOST_KEYS = 100;

  private static final String KEYS = "keys";
  private static final String LIMIT = "limit";
  private static final String COUNT = "count";
  private static final String FORM =
      "give {\"keys\": [[…], …]}, with the values of each key in order";

  private BatchRequest() {}

  /**
   * Parses a body into one question for each key.
   *
   * @throws Problem.Refused if the body is malformed
   */
  static List<Question> parse(ServedView view, byte[] body) {
    JsonNode root = read(body);
    List<String> known = new ArrayList<>(List.of(COUNT, KEYS, LIMIT));
    view.plan().bounds().forEach(bound -> known.add(bound.end().parameter()));
    for (var field : root.properties()) {
      if (!known.contains(field.getKey())) {
        throw bad(
            "field '%s' is not known; known are %s"
                .formatted(
                    PercentCoding.shorten(field.getKey()),
                    String.join(", ", known).replaceFirst(", (\\w+)$", " and $1")));
      }
    }
    JsonNode keys = root.path(KEYS);
    if (!keys.isArray() || keys.isEmpty() || keys.size() > MOST_KEYS) {
      throw bad(
          keys.isArray()
              ? "%d keys are given; ask for 1 to %d at once".formatted(keys.size(), MOST_KEYS)
              : "the body has no array keys; " + FORM);
    }
    int limit = limit(root.path(LIMIT));
    List<Optional<Object>> bounds = bounds(view.plan(), root);
    boolean exact = isExact(root.path(COUNT));
    List<Question> questions = new ArrayList<>();
    for (JsonNode key : keys) {
      questions.add(
          new Question(
              view,
              List.of(key(view, key)),
              bounds,
              limit,
              Optional.empty(),
              exact,
              Optional.empty(),
              Duration.ZERO));
    }
    return questions;
  }

  private static JsonNode read(byte[] body) {
    try {
      JsonNode root = StrictJson.parse(body);
      if (root.isObject()) {
        return root;
      }
    } catch (BadForm e) {
      throw bad("the body is " + e.getMessage() + "; " + FORM);
    }
    throw bad("the body is not an object; " + FORM);
  }

  private static int limit(JsonNode limit) {
    if (limit.isMissingNode()) {
      return ViewRequest.DEFAULT_LIMIT;
    }
    if (!limit.isInt() || limit.intValue() < 1 || limit.intValue() > ViewRequest.LARGEST_LIMIT) {
      throw bad(
          "limit is %s; give a whole number from 1 to %d"
              .formatted(shown(limit), ViewRequest.LARGEST_LIMIT));
    }
    return limit.intValue();
  }

  /** Returns the values of the view's bounds, which apply to all keys. */
  private static List<Optional<Object>> bounds(ViewPlan plan, JsonNode root) {
    List<Optional<Object>> bounds = new ArrayList<>();
    for (ViewPlan.Bound bound : plan.bounds()) {
      JsonNode value = root.path(bound.end().parameter());
      if (value.isMissingNode()) {
        bounds.add(Optional.empty());
      } else if (value.isTextual() || value.isNumber()) {
        bounds.add(Optional.of(ViewRequest.bound(plan, bound, value.asText())));
      } else {
        throw bad(
            "%s is %s; give a text or a number".formatted(bound.end().parameter(), shown(value)));
      }
    }
    return bounds;
  }

  private static boolean isExact(JsonNode count) {
    if (!count.isMissingNode() && !ViewRequest.EXACT.equals(count.textValue())) {
      throw bad(
          "count is %s; give \"%s\", or leave it out to count up to %d"
              .formatted(shown(count), ViewRequest.EXACT, Question.TOTAL_CAP));
    }
    return !count.isMissingNode();
  }

  private static Object[] key(ServedView view, JsonNode key) {
    if (!key.isArray()) {
      throw bad("key %s is not an array; %s".formatted(shown(key), FORM));
    }
    List<String> parts = new ArrayList<>();
    for (JsonNode part : key) {
      if (!part.isValueNode() || part.isNull()) {
        throw bad(
            "key %s has a value that is neither text nor number; %s".formatted(shown(key), FORM));
      }
      parts.add(part.asText());
    }
    try {
      return KeyPath.parse(view.plan(), parts);
    } catch (BadForm e) {
      throw new Problem(Problem.Kind.BAD_KEY, e.getMessage()).refused();
    }
  }

  private static String shown(JsonNode value) {
    return PercentCoding.shorten(value.toString());
  }

  private static Problem.Refused bad(String detail) {
    return new Problem(Problem.Kind.BAD_REQUEST, detail).refused();
  }
}
