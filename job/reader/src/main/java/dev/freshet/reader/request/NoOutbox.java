package dev.freshet.reader.request;

/** The outbox of a reader without Kafka: refuses every message. */
public final class NoOutbox implements Outbox {
  @Override
  public void send(byte[] key, byte[] message) throws NotTaken {
    throw noKafka();
  }

  @Override
  public void deleteDeadLetter(byte[] key) throws NotTaken {
    throw noKafka();
  }

  private static NotTaken noKafka() {
    return new NotTaken(
        NotTaken.Kind.UNAVAILABLE,
        "this reader has no Kafka to hand the request over; set kafka.bootstrap"
            + " and start it again");
  }

  @Override
  public void close() {
    // There is nothing to close.
  }
}
