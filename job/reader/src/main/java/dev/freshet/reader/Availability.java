package dev.freshet.reader;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a database answers, as last seen; says so in the log when that changes. */
public final class Availability {
  private static final Logger LOG = LoggerFactory.getLogger(Availability.class);

  private final String database;
  private final String consequence;
  private final AtomicBoolean up = new AtomicBoolean(true);

  /**
   * Supposes that it does.
   *
   * @param consequence what it means for answers when it does not
   */
  public Availability(String database, String consequence) {
    this.database = database;
    this.consequence = consequence;
  }

  public void up() {
    if (!up.getAndSet(true)) {
      LOG.info("{} answers again", database);
    }
  }

  /** It does not, for this cause. */
  public void down(String cause) {
    if (up.getAndSet(false)) {
      LOG.warn("{} does not answer ({}): {}", database, oneLine(cause), consequence);
    }
  }

  public boolean isUp() {
    return up.get();
  }

  private static String oneLine(String text) {
    return text == null ? "no message" : text.replaceAll("\\s+", " ").strip();
  }
}
