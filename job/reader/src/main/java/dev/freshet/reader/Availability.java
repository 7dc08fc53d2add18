package dev.freshet.reader;

import dev.freshet.view.form.OneLine;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a database answered when it was last used. Logs each change. Thread-safe. */
public final class Availability {
  private static final Logger LOG = LoggerFactory.getLogger(Availability.class);

  private final String database;
  private final String consequence;
  private final AtomicBoolean up = new AtomicBoolean(true);

  /**
   * Starts with the assumption that the database answers.
   *
   * @param database the name for log messages
   * @param consequence what an outage means for answers, for the log
   */
  public Availability(String database, String consequence) {
    this.database = database;
    this.consequence = consequence;
  }

  /** Records that the database answers. */
  public void up() {
    if (!up.getAndSet(true)) {
      LOG.info("{} answers again", database);
    }
  }

  /**
   * Records that the database does not answer.
   *
   * @param cause the reason, for the log
   */
  public void down(String cause) {
    if (up.getAndSet(false)) {
      LOG.warn("{} does not answer ({}): {}", database, oneLine(cause), consequence);
    }
  }

  public boolean isUp() {
    return up.get();
  }

  private static String oneLine(String text) {
    return text == null ? "no message" : OneLine.of(text.replaceAll("\\s+", " ").strip());
  }
}
