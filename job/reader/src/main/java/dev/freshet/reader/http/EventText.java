package dev.freshet.reader.http;

import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.live.EventForm;
import dev.freshet.store.Servability;
import dev.freshet.view.Version;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * Writes events in the format of server-sent events. An answer is a message with its version as
 * {@code id}. The event of type {@code doubt}, which says that the key cannot be served now, has no
 * id, so that a client that reconnects sends the id of the last answer that it received.
 */
public final class EventText implements EventForm {
  static final String MEDIA_TYPE = "text/event-stream";

  /** The start of a stream. It sets the time after which a browser reconnects, in milliseconds. */
  static final byte[] OPENING = bytes("retry: 1000\n\n");

  /** An empty comment, which keeps the connection alive. */
  static final byte[] HEARTBEAT = bytes(":\n\n");

  private static final byte[] END = bytes("\n\n");

  private final InstantSource clock;

  public EventText(InstantSource clock) {
    this.clock = clock;
  }

  /** Writes the answer in one data line; the JSON contains no line break. */
  @Override
  public byte[] answer(Answer answer) {
    String id = "id: " + Version.print(answer.version().orElseThrow());
    return event(id + "\ndata: ", AnswerJson.write(answer));
  }

  @Override
  public byte[] doubt(Question question, Servability.NotServed why) {
    byte[] json = AnswerJson.write(question, why, clock.instant());
    return event("event: doubt\ndata: ", json);
  }

  /** Joins the parts of an event; large answers are not copied more often than necessary. */
  private static byte[] event(String start, byte[] json) {
    byte[] begin = bytes(start);
    return ByteBuffer.allocate(begin.length + json.length + END.length)
        .put(begin)
        .put(json)
        .put(END)
        .array();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
