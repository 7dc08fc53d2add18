package dev.freshet.reader.access;

import dev.freshet.reader.share.Principal;
import java.util.Objects;
import java.util.Optional;

/** The result of checking a request's token. */
public sealed interface Authentication {
  /**
   * The token is accepted.
   *
   * @param grant its rights
   * @param principal the party that its requests are counted for
   */
  record Granted(Grant grant, Principal principal) implements Authentication {
    public Granted {
      Objects.requireNonNull(grant, "grant");
      Objects.requireNonNull(principal, "principal");
    }
  }

  /**
   * The request has no token, or one that is not accepted.
   *
   * @param error the code of RFC 6750, section 3.1; empty if the request has no token
   * @param description why, in a line of ASCII without quotes; never contains a part of the token
   */
  record Denied(Optional<String> error, String description) implements Authentication {
    static final Denied NO_TOKEN =
        new Denied(Optional.empty(), "send the header Authorization: Bearer <token>");

    /** Another scheme counts as a missing token and therefore has no error code. */
    static final Denied NOT_BEARER =
        new Denied(Optional.empty(), "the header must be Authorization: Bearer <token>");

    public Denied {
      Objects.requireNonNull(error, "error");
      Objects.requireNonNull(description, "description");
    }

    static Denied invalidToken(String description) {
      return new Denied(Optional.of("invalid_token"), description);
    }

    /** The value of the header {@code WWW-Authenticate}. */
    public String challenge() {
      return error
          .map(code -> "Bearer error=\"%s\", error_description=\"%s\"".formatted(code, description))
          .orElse("Bearer");
    }
  }
}
