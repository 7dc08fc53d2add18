package dev.freshet.reader.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.reader.request.DeadLetters;
import dev.freshet.reader.request.NotTaken;
import dev.freshet.reader.request.RequestDesk;
import dev.freshet.view.stream.FailureMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Lists dead letters, and has them replayed or dropped. A caller needs the scope {@code operate},
 * and sees the letters of the views that it may read. A token that is good for some keys only is
 * refused, because a letter does not say which keys need its row.
 *
 * <p>Thread-safe; both methods may wait for Kafka.
 */
final class DeadLetterRequests {
  static final String PATH = "/v1/dead-letters";

  /** The maximum number of letters in one response. */
  static final int MOST = 500;

  /** What may be requested of a letter: the last segment of the path. */
  static final Set<String> WORDS = Set.of(RequestDesk.REPLAY, RequestDesk.DROP);

  private static final JsonMapper JSON = new JsonMapper();

  private final DeadLetters letters;
  private final RequestDesk desk;

  DeadLetterRequests(DeadLetters letters, RequestDesk desk) {
    this.letters = letters;
    this.desk = desk;
  }

  /**
   * Returns the letters that a caller may see, as JSON.
   *
   * @throws NotTaken if they cannot be read
   * @throws Problem.Refused if the token does not allow it
   */
  byte[] list(Permit permit) throws NotTaken {
    permit.operateOnRows();
    DeadLetters.Listed listed = letters.read();
    List<FailureMessage> shown =
        listed.letters().stream().filter(letter -> permit.reads(letter.view())).toList();
    ObjectNode body = JSON.createObjectNode();
    body.put("at", AnswerJson.instant(listed.at()));
    body.put("complete", listed.isComplete() && shown.size() <= MOST);
    ArrayNode all = body.putArray("letters");
    shown.stream().limit(MOST).forEach(letter -> write(letter, all.addObject()));
    return bytes(body);
  }

  private static void write(FailureMessage letter, ObjectNode json) {
    json.put("job", letter.job());
    json.put("view", letter.view());
    json.put("id", letter.row());
    json.put("table", letter.table());
    json.set("primary_key", letter.primaryKey());
    json.put("reason", letter.reason());
    json.put("placed", letter.placed());
    json.put("message", letter.message());
    json.put("attempts", letter.attempt());
    json.put("version", letter.version());
    json.put("failed_at", AnswerJson.instant(Instant.parse(letter.failedAt())));
  }

  /**
   * Hands a request for a letter over, and returns the response's JSON.
   *
   * @param segments job, view and id of the letter, and one of {@link #WORDS}
   * @throws NotTaken if the request may be lost
   * @throws Problem.Refused if the token does not allow it, or there is no such letter
   */
  byte[] request(Permit permit, List<String> segments) throws NotTaken {
    permit.operateOnRows();
    if (segments.size() != 4 || !WORDS.contains(segments.get(3))) {
      throw Problems.UNKNOWN_ROUTE.refused();
    }
    permit.read(segments.get(1));
    FailureMessage letter =
        letters.read().letters().stream()
            .filter(
                each -> List.of(each.job(), each.view(), each.row()).equals(segments.subList(0, 3)))
            .findFirst()
            .orElseThrow(Problems.UNKNOWN_LETTER::refused);
    String word = segments.get(3);
    Instant at =
        word.equals(RequestDesk.REPLAY)
            ? desk.replay(letter, permit.principal())
            : desk.drop(letter, permit.principal());
    ObjectNode body = JSON.createObjectNode();
    body.put("view", letter.view());
    body.put("id", letter.row());
    body.put("requested", word);
    body.put("at", AnswerJson.instant(at));
    return bytes(body);
  }

  private static byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }
}
