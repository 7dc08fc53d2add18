package dev.freshet.reader.http;

import dev.freshet.reader.access.Authentication;
import dev.freshet.reader.access.Grant;
import dev.freshet.reader.access.Guard;
import dev.freshet.reader.share.Principal;
import dev.freshet.view.ViewPlan;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The rights of the caller of one request. They are checked before any look-up, so that a caller
 * cannot find out whether something exists that it must not see.
 */
final class Permit {
  /** The problem of a key that the token does not allow. */
  static final Problem OTHER_KEY =
      new Problem(
          Problem.Kind.FORBIDDEN,
          "the token allows only keys with other values; ask for a key that it allows");

  private final Grant grant;
  private final Principal principal;
  private final Supplier<Optional<Grant>> now;

  /**
   * Creates the rights of an authenticated caller.
   *
   * @param now returns what the caller's token allows now; empty if it is no longer accepted
   */
  Permit(Grant grant, Principal principal, Supplier<Optional<Grant>> now) {
    this.grant = grant;
    this.principal = principal;
    this.now = now;
  }

  /**
   * Authenticates a request.
   *
   * @throws Problem.Refused if the request has no accepted token; the response's header {@code
   *     WWW-Authenticate} says why (RFC 6750)
   */
  static void admit(Exchange exchange, Guard guard) {
    String shown = exchange.header("Authorization");
    Authentication authentication = guard.authenticate(shown);
    if (authentication instanceof Authentication.Denied denied) {
      guard.refused(denied);
      exchange.header("WWW-Authenticate", denied.challenge());
      throw new Problem(Problem.Kind.UNAUTHORIZED, denied.description()).refused();
    }
    Authentication.Granted granted = (Authentication.Granted) authentication;
    exchange.admitted(new Permit(granted.grant(), granted.principal(), () -> guard.grant(shown)));
  }

  /** Returns the party that the request is counted for. */
  Principal principal() {
    return principal;
  }

  /** Returns what the caller's token allows. */
  Grant grant() {
    return grant;
  }

  /** Whether the caller may read a view with this name, which need not exist. */
  boolean reads(String view) {
    return grant.reads(view);
  }

  /**
   * Requires the right to read a view.
   *
   * @throws Problem.Refused if the token does not have it
   */
  void read(String view) {
    if (!grant.reads(view)) {
      throw forbidden("the token does not allow reading this view; it needs the scope read:VIEW");
    }
  }

  /**
   * Requires the right to repair, invalidate and compare keys, and to handle dead letters.
   *
   * @throws Problem.Refused if the token does not have it
   */
  void operate() {
    if (!grant.operates()) {
      throw forbidden(
          "the token does not allow repairing, invalidating or comparing keys, nor dead letters; it"
              + " needs the scope "
              + Grant.OPERATE);
    }
  }

  /**
   * Requires the right to see and to handle rows that failed.
   *
   * @throws Problem.Refused if the token does not have it, or is good for some keys only
   */
  void operateOnRows() {
    operate();
    if (!grant.keyValues().isEmpty()) {
      throw forbidden(
          "the token is good for some keys only, and dead letters do not say which keys need them;"
              + " use a token that is good for all keys");
    }
  }

  /** Whether the token allows a key. */
  boolean covers(ViewPlan plan, List<Object> key) {
    return grant.covers(plan, key);
  }

  /**
   * Requires the right to a key.
   *
   * @throws Problem.Refused if the token allows only other keys
   */
  void cover(ViewPlan plan, List<Object> key) {
    if (!covers(plan, key)) {
      throw OTHER_KEY.refused();
    }
  }

  /** Whether the caller may still read a key; tokens expire and are revoked. */
  boolean stillCovers(ViewPlan plan, List<Object> key) {
    return now.get()
        .filter(given -> given.reads(plan.view()) && given.covers(plan, key))
        .isPresent();
  }

  private static Problem.Refused forbidden(String detail) {
    return new Problem(Problem.Kind.FORBIDDEN, detail).refused();
  }
}
