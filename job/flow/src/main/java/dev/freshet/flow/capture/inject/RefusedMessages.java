package dev.freshet.flow.capture.inject;

import java.util.Arrays;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the Kafka messages that the job leaves out, and logs them: where each is, why it is left
 * out, and its first bytes. A message is left out if it cannot be read, or if {@link Intake} set it
 * aside. Anyone who may write into the topics can send such messages, so there is at most one line
 * in {@value #PAUSE_MS} milliseconds, which counts those before it. Kafka keeps all of them. Not
 * thread-safe.
 */
public final class RefusedMessages {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedMessages.class);
  static final long PAUSE_MS = 10_000;
  private static final int SHOWN_BYTES = 150;
  private static final int MOST_REASON = 400;

  private long count;
  private long silent;
  private long silentUntil = Long.MIN_VALUE;

  /**
   * Adds a message.
   *
   * @param source the message as it was received
   * @param why the reason why it is left out
   * @param now milliseconds since the epoch
   */
  public void add(byte[] source, Throwable why, long now) {
    count++;
    if (now < silentUntil) {
      silent++;
      return;
    }
    LOG.warn("{}", line(source, why, silent));
    silent = 0;
    silentUntil = now + PAUSE_MS;
  }

  /**
   * Returns the number of messages added since this object was created; a checkpoint does not keep
   * it.
   */
  public long count() {
    return count;
  }

  static String line(byte[] source, Throwable why, long before) {
    String place;
    byte[] message;
    try {
      Received received = Received.read(source);
      place = received.place();
      message = received.message();
    } catch (IllegalArgumentException e) {
      place = "a message in an unknown form";
      message = source;
    }
    String shown =
        Base64.getEncoder()
            .encodeToString(Arrays.copyOf(message, Math.min(message.length, SHOWN_BYTES)));
    return "Kafka: "
        + place
        + " is left out ("
        + oneLine(why)
        + "); find out who sends it and correct it there, or report it if the job wrote it. It has "
        + message.length
        + " bytes, which begin in base64 with "
        + shown
        + (before == 0 ? "" : "; " + before + " more were left out before it without a line");
  }

  private static String oneLine(Throwable why) {
    String text =
        why instanceof IllegalArgumentException && why.getMessage() != null
            ? why.getMessage()
            : String.valueOf(why);
    String shown = text.length() <= MOST_REASON ? text : text.substring(0, MOST_REASON) + "…";
    return shown.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", " ");
  }
}
