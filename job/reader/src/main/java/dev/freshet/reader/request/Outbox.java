package dev.freshet.reader.request;

import dev.freshet.view.stream.KeyRequest;

/** Sends messages to the jobs, and deletes dead letters. Implementations are thread-safe. */
public interface Outbox extends AutoCloseable {
  /**
   * Sends a message; returns when it is stored.
   *
   * @param key the Kafka key; messages with the same key stay in order
   * @throws NotTaken if the message may be lost
   */
  void send(byte[] key, byte[] message) throws NotTaken;

  /**
   * Deletes a dead letter; returns when that is stored.
   *
   * @param key the letter's Kafka key
   * @throws NotTaken if the letter may stay
   */
  void deleteDeadLetter(byte[] key) throws NotTaken;

  /** Sends a request, like {@link #send(byte[], byte[])}. */
  default void send(KeyRequest request) throws NotTaken {
    send(request.kafkaKey(), request.toJson());
  }

  @Override
  void close();
}
