package dev.freshet.reader.http;

import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.live.EventForm;
import dev.freshet.store.Servability;
import dev.freshet.view.Version;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * Events as server-sent events write them. An answer is a message with its version as {@code id}; a
 * doubt is of type {@code doubt} and has no id, so that a client that connects again names the last
 * answer it has.
 */
public final class EventText implements EventForm {
  static final String MEDIA_TYPE = "text/event-stream";

  /** Comes first: how soon a browser connects again. */
  static final byte[] OPENING = bytes("retry: 1000\n\n");

  /** A comment: the connection is there. */
  static final byte[] HEARTBEAT = bytes(":\n\n");

  private final InstantSource clock;

  public EventText(InstantSource clock) {
    this.clock = clock;
  }

  /** JSON has no line break outside of strings, and none unescaped in them. */
  @Override
  public byte[] answer(Answer answer) {
    String id = "id: " + Version.print(answer.version().orElseThrow());
    return bytes(id + "\ndata: " + text(AnswerJson.write(answer)) + "\n\n");
  }

  @Override
  public byte[] doubt(Question question, Servability.NotServed why) {
    byte[] json = AnswerJson.write(question, why, clock.instant());
    return bytes("event: doubt\ndata: " + text(json) + "\n\n");
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
