package dev.freshet.reader.request;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import dev.freshet.view.stream.FailureMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Builds dead letters of users: {@code user(7).view("unread").build()}. */
public final class LetterBuilder {
  public static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  private final long user;
  private String job = "job";
  private String view = "unread";
  private Instant failedAt = NOON;

  private LetterBuilder(long user) {
    this.user = user;
  }

  public static LetterBuilder user(long id) {
    return new LetterBuilder(id);
  }

  public LetterBuilder job(String name) {
    job = name;
    return this;
  }

  public LetterBuilder view(String name) {
    view = name;
    return this;
  }

  public LetterBuilder failed(Instant at) {
    failedAt = at;
    return this;
  }

  /** Returns the letter as it is read from Kafka. */
  public FailureMessage build() {
    return FailureMessage.read(written().toJson());
  }

  private FailureMessage written() {
    ObjectNode primaryKey = JsonNodeFactory.instance.objectNode().put("id", user);
    return new FailureMessage(
        FailureMessage.FORMAT,
        job,
        view,
        "u",
        "shop.users",
        FailureMessage.print(Key.of(2L, user)),
        primaryKey,
        Version.print(Version.of(0, 12, 4567)),
        1,
        2,
        "dead",
        Reason.UNSTORABLE.wireName(),
        true,
        "users.name holds a NUL character",
        failedAt.toString(),
        failedAt.toString(),
        primaryKey.deepCopy().put("name", "secret"),
        false);
  }

  /** The key of the letter's message on Kafka. */
  String key() {
    return new String(build().kafkaKey(), StandardCharsets.UTF_8);
  }
}
