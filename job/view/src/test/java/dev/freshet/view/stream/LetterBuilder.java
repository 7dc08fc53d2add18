package dev.freshet.view.stream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.BiConsumer;

/** Builds dead letters of users, of the job {@code shop} unless said otherwise. */
public final class LetterBuilder {
  public static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  private final long user;
  private String job = "shop";
  private String view = "unread";
  private Instant failedAt = NOON;
  private String message = "users.name holds a NUL character";
  private int attempt = 2;
  private boolean placed = true;

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

  public LetterBuilder attempt(int number) {
    attempt = number;
    return this;
  }

  /** The job does not know which keys the row changes. */
  public LetterBuilder unplaced() {
    placed = false;
    return this;
  }

  public LetterBuilder message(String text) {
    message = text;
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
        attempt,
        "dead",
        Reason.UNSTORABLE.wireName(),
        placed,
        message,
        failedAt.toString(),
        failedAt.toString(),
        primaryKey.deepCopy().put("name", "secret\0b"),
        false);
  }

  /** Gives the letter to {@code box}, with the key of its message. */
  public FailureMessage into(BiConsumer<String, byte[]> box) {
    FailureMessage letter = build();
    box.accept(key(), letter.toJson());
    return letter;
  }

  public String key() {
    return new String(build().kafkaKey(), StandardCharsets.UTF_8);
  }
}
