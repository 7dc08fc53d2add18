package dev.freshet.reader;

import dev.freshet.view.form.OneLine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a database answered when it was last used. Logs each change, and the latest reason once a
 * minute while the database does not answer. Thread-safe.
 */
public final class Availability {
  private static final Logger LOG = LoggerFactory.getLogger(Availability.class);
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final String database;
  private final String consequence;
  private final LongSupplier nanos;
  private final AtomicBoolean up = new AtomicBoolean(true);

  /** When a reason was last logged. */
  private final AtomicLong loggedAt = new AtomicLong();

  /**
   * Starts with the assumption that the database answers.
   *
   * @param database the name for log messages
   * @param consequence what an outage means for answers, for the log
   */
  public Availability(String database, String consequence) {
    this(database, consequence, System::nanoTime);
  }

  Availability(String database, String consequence, LongSupplier nanos) {
    this.database = database;
    this.consequence = consequence;
    this.nanos = nanos;
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
    long now = nanos.getAsLong();
    if (up.getAndSet(false)) {
      loggedAt.set(now);
      LOG.warn("{} does not answer ({}): {}", database, oneLine(cause), consequence);
      return;
    }
    long last = loggedAt.get();
    if (now - last >= QUIET.toNanos() && loggedAt.compareAndSet(last, now)) {
      LOG.warn("{} still does not answer ({})", database, oneLine(cause));
    }
  }

  public boolean isUp() {
    return up.get();
  }

  private static String oneLine(String text) {
    return text == null ? "no message" : OneLine.of(text.replaceAll("\\s+", " ").strip());
  }
}
