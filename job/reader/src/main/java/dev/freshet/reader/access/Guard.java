package dev.freshet.reader.access;

import dev.freshet.reader.DaemonThreads;
import dev.freshet.reader.secret.BadSecret;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what a caller may do, by the tokens as they are now: a thread of its own looks at their
 * files every second. Where a file was changed into one that cannot be used, all stays as it was,
 * and one line in the log says so. Any thread may ask.
 */
public final class Guard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration QUIET = Duration.ofMinutes(1);
  private static final String SCHEME = "bearer ";

  private final Access access;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("token-watch"));
  private final AtomicLong refusals = new AtomicLong();
  private final AtomicLong loggedAt = new AtomicLong(System.nanoTime() - QUIET.toNanos());
  private volatile Credentials credentials = Credentials.NONE;

  // Of the watching thread, and of the constructor before there is one.
  private Optional<Credentials.Texts> known = Optional.empty();
  private String trouble = "";

  /** Reads the tokens; while they cannot be used nobody is let in. */
  public Guard(Access access) {
    this.access = access;
    look();
    var unused =
        thread.scheduleWithFixedDelay(
            this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Reads the tokens once and forgets them.
   *
   * @throws BadSecret with every problem
   */
  public static void check(Access access) throws BadSecret {
    Credentials.of(access, Credentials.Texts.read(access));
  }

  /**
   * What an Authorization header allows, or why it allows nothing.
   *
   * @param header possibly null
   */
  public Authentication authenticate(String header) {
    if (header == null || header.isBlank()) {
      return Authentication.Denied.NO_TOKEN;
    }
    if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)
        || header.substring(SCHEME.length()).isBlank()) {
      return Authentication.Denied.NOT_BEARER;
    }
    return credentials.authenticate(header.substring(SCHEME.length()).strip());
  }

  /**
   * What an Authorization header allows; empty when it shows no token that the reader accepts.
   *
   * @param header possibly null
   */
  public Optional<Grant> grant(String header) {
    return authenticate(header) instanceof Authentication.Granted granted
        ? Optional.of(granted.grant())
        : Optional.empty();
  }

  /** Logs that a request was refused; at most a line a minute, with the number of all of them. */
  public void refused(Authentication.Denied denied) {
    long count = refusals.incrementAndGet();
    long now = System.nanoTime();
    long last = loggedAt.get();
    if (now - last >= QUIET.toNanos() && loggedAt.compareAndSet(last, now)) {
      refusals.addAndGet(-count);
      LOG.warn(
          "Requests refused with 401 since the last such line: {}; the last because: {}",
          count,
          denied.description());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void look() {
    try {
      Credentials.Texts texts = Credentials.Texts.read(access);
      if (known.filter(texts::equals).isPresent()) {
        trouble = "";
        return;
      }
      credentials = Credentials.of(access, texts);
      if (known.isPresent()) {
        LOG.info("Tokens were read anew: {}", credentials.summary());
      }
      known = Optional.of(texts);
      trouble = "";
    } catch (BadSecret e) {
      if (!e.getMessage().equals(trouble)) {
        LOG.warn("Tokens stay as they were, correct what is wrong: {}", e.getMessage());
      }
      trouble = e.getMessage();
    } catch (RuntimeException e) {
      LOG.error(
          "Tokens were not read; this is a defect of the reader ({})", e.getClass().getName());
    }
  }
}
