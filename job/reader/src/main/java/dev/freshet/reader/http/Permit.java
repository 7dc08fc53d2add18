package dev.freshet.reader.http;

import dev.freshet.reader.access.Authentication;
import dev.freshet.reader.access.Grant;
import dev.freshet.reader.access.Guard;
import dev.freshet.view.ViewPlan;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the caller of one request may do. Everything is asked before anything is looked up, so that
 * a caller learns nothing of what there is behind what it may not see.
 */
final class Permit {
  private static final String ATTRIBUTE = "freshet.permit";

  /** Why an item of many is forbidden. */
  static final Problem OTHER_KEY =
      new Problem(
          Problem.Kind.FORBIDDEN,
          "the token is bound to values that this key has not; ask for them");

  private final Grant grant;
  private final Supplier<Optional<Grant>> now;

  private Permit(Grant grant, Supplier<Optional<Grant>> now) {
    this.grant = grant;
    this.now = now;
  }

  /**
   * Lets a request in.
   *
   * @throws Problem.Refused when it shows no token that the reader accepts; the response's header
   *     {@code WWW-Authenticate} says why (RFC 6750)
   */
  static void admit(Context context, Guard guard) {
    String shown = context.header("Authorization");
    Authentication authentication = guard.authenticate(shown);
    if (authentication instanceof Authentication.Denied denied) {
      guard.refused(denied);
      context.header("WWW-Authenticate", denied.challenge());
      throw new Problem(Problem.Kind.UNAUTHORIZED, denied.description()).refused();
    }
    Grant grant = ((Authentication.Granted) authentication).grant();
    context.attribute(ATTRIBUTE, new Permit(grant, () -> guard.grant(shown)));
  }

  /** That of a request that was let in. */
  static Permit of(Context context) {
    Permit permit = context.attribute(ATTRIBUTE);
    if (permit == null) {
      throw new IllegalStateException("a request was not let in, yet it is handled");
    }
    return permit;
  }

  /** Whether a view of that name, which need not exist, may be read. */
  boolean reads(String view) {
    return grant.reads(view);
  }

  /**
   * Asks for a view.
   *
   * @throws Problem.Refused when it may not be read
   */
  void read(String view) {
    if (!grant.reads(view)) {
      throw forbidden("the token does not allow to read this view; it needs the scope read:VIEW");
    }
  }

  /**
   * Asks for repairs and invalidations.
   *
   * @throws Problem.Refused when there may be none
   */
  void operate() {
    if (!grant.operates()) {
      throw forbidden(
          "the token does not allow to repair or invalidate; it needs the scope " + Grant.OPERATE);
    }
  }

  /** Whether a key is among those that the token is for. */
  boolean covers(ViewPlan plan, List<Object> key) {
    return grant.covers(plan, key);
  }

  /**
   * Asks for a key.
   *
   * @throws Problem.Refused when the token is for other keys
   */
  void cover(ViewPlan plan, List<Object> key) {
    if (!covers(plan, key)) {
      throw OTHER_KEY.refused();
    }
  }

  /** Whether a key may still be read by who was let in: tokens expire, and are taken away. */
  boolean stillCovers(ViewPlan plan, List<Object> key) {
    return now.get()
        .filter(given -> given.reads(plan.view()) && given.covers(plan, key))
        .isPresent();
  }

  private static Problem.Refused forbidden(String detail) {
    return new Problem(Problem.Kind.FORBIDDEN, detail).refused();
  }
}
