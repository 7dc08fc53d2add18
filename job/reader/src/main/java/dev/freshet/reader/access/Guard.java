package dev.freshet.reader.access;

import dev.freshet.reader.PeriodicTask;
import dev.freshet.reader.secret.BadSecret;
import dev.freshet.view.form.OneLine;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticates callers by the current tokens. A background thread checks the token files every
 * second. If a changed file cannot be used, the previous tokens stay in force and one line in the
 * log says so. Thread-safe.
 */
public final class Guard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration QUIET = Duration.ofMinutes(1);
  private static final String SCHEME = "bearer ";

  private final Access access;
  private final PeriodicTask watch;
  private final AtomicLong refusals = new AtomicLong();
  private final AtomicLong loggedAt = new AtomicLong(System.nanoTime() - QUIET.toNanos());
  private volatile Credentials credentials = Credentials.NONE;

  // Used only by the constructor and then by the watching thread.
  private Optional<Credentials.Texts> known = Optional.empty();
  private String trouble = "";

  /**
   * Reads the tokens and starts watching their files. Refuses all requests while the tokens have
   * never been usable.
   */
  public Guard(Access access) {
    this.access = access;
    look();
    this.watch = PeriodicTask.start("token-watch", PERIOD, PERIOD, this::look);
  }

  /**
   * Checks that the tokens can be read and parsed.
   *
   * @throws BadSecret with every problem
   */
  public static void check(Access access) throws BadSecret {
    Credentials.of(access, Credentials.Texts.read(access));
  }

  /**
   * Returns what an Authorization header allows, or why it is refused.
   *
   * @param header the header's value; null if the request has none
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
   * Returns what an Authorization header allows; empty if it has no accepted token.
   *
   * @param header the header's value; null if the request has none
   */
  public Optional<Grant> grant(String header) {
    return authenticate(header) instanceof Authentication.Granted granted
        ? Optional.of(granted.grant())
        : Optional.empty();
  }

  /**
   * Logs a refused request: at most one line a minute, with the number of refusals since the last
   * line.
   */
  public void refused(Authentication.Denied denied) {
    long count = refusals.incrementAndGet();
    long now = System.nanoTime();
    long last = loggedAt.get();
    if (now - last >= QUIET.toNanos() && loggedAt.compareAndSet(last, now)) {
      refusals.addAndGet(-count);
      LOG.warn(
          "Requests refused with 401 since the last such line: {}; reason of the last: {}",
          count,
          denied.description());
    }
  }

  @Override
  public void close() {
    watch.close();
  }

  /**
   * Returns the problems on one line. A problem may quote names from a file, which may contain line
   * breaks.
   */
  private static String line(BadSecret e) {
    return OneLine.of(e.getMessage(), 2_000);
  }

  private void look() {
    try {
      Credentials.Texts texts = Credentials.Texts.read(access);
      if (known.filter(texts::equals).isPresent()) {
        trouble = "";
        return;
      }
      credentials = Credentials.of(access, texts);
      LOG.info(
          "Tokens were {}: {}", known.isPresent() ? "reloaded" : "loaded", credentials.summary());
      known = Optional.of(texts);
      trouble = "";
    } catch (BadSecret e) {
      if (!e.getMessage().equals(trouble)) {
        LOG.warn("The previous tokens stay in force; correct the sources: {}", line(e));
      }
      trouble = e.getMessage();
    } catch (RuntimeException e) {
      // The message of the exception may quote a token.
      LOG.error(
          "Checking the tokens failed; this is a bug in the reader, please report it ({})",
          e.getClass().getName());
    }
  }
}
