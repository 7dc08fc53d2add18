package dev.freshet.reader.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.reader.share.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The claims of a token whose signature was verified. A known claim that is present must have a
 * value of its type; null has no type and is refused.
 */
final class Claims {
  private static final int SKEW_SECONDS = 30;

  /**
   * The last second of the year 9999, in seconds since 1970. A time in milliseconds exceeds it and
   * is refused.
   */
  private static final long LAST_SECOND = 253_402_300_799L;

  private static final String EXPIRES = "exp";
  private static final String NOT_BEFORE = "nbf";
  private static final String ISSUER = "iss";
  private static final String AUDIENCE = "aud";
  private static final String SCOPE = "scope";
  private static final String KEY = "key";
  private static final String SUBJECT = "sub";

  private final JsonNode claims;

  Claims(JsonNode claims) {
    this.claims = claims;
  }

  /** A claim is missing or wrong. The message is in ASCII and has no part of the token. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Checks that the token is valid now; clocks may differ by {@value #SKEW_SECONDS} seconds.
   *
   * @throws Refused if the token is not valid
   */
  void checkTime(Instant now) throws Refused {
    if (!claims.has(EXPIRES)) {
      throw new Refused("the claim exp is missing; the issuer must set it");
    }
    double seconds = now.toEpochMilli() / 1000.0;
    if (seconds(EXPIRES) <= seconds - SKEW_SECONDS) {
      throw new Refused("the token has expired; get a new one");
    }
    if (claims.has(NOT_BEFORE) && seconds(NOT_BEFORE) > seconds + SKEW_SECONDS) {
      throw new Refused("the token is not valid yet; its claim nbf is in the future");
    }
  }

  /**
   * Checks issuer and audience.
   *
   * @param issuer the issuer that the token must name; empty for any
   * @param audience the audience that the token must name; empty for any
   * @throws Refused if the token names others
   */
  void checkParties(Optional<String> issuer, Optional<String> audience) throws Refused {
    JsonNode by = claims.path(ISSUER);
    if (claims.has(ISSUER) && !by.isTextual()) {
      throw new Refused("the claim iss is not a text");
    }
    if (issuer.isPresent() && !issuer.get().equals(by.textValue())) {
      throw new Refused("the claim iss is not the issuer that the reader asks for");
    }
    Set<String> parties = texts(AUDIENCE);
    if (audience.isPresent() && !parties.contains(audience.get())) {
      throw new Refused("the claim aud does not have the audience that the reader asks for");
    }
  }

  /**
   * Returns the scopes that {@link Grant} defines; others are ignored.
   *
   * @throws Refused if the claim is neither a text nor an array of texts
   */
  Set<String> scopes() throws Refused {
    Set<String> words =
        claims.path(SCOPE).isTextual()
            ? new HashSet<>(Arrays.asList(claims.path(SCOPE).textValue().split(" ")))
            : texts(SCOPE);
    return words.stream().filter(Grant::isScope).collect(Collectors.toSet());
  }

  /**
   * Returns the restriction to key values: for each column the values that it may have.
   *
   * @throws Refused if the restriction cannot be understood
   */
  Map<String, Set<String>> keyValues() throws Refused {
    Map<String, Set<String>> values = new TreeMap<>();
    if (!claims.has(KEY)) {
      return values;
    }
    JsonNode bound = claims.path(KEY);
    if (!bound.isObject() || bound.isEmpty()) {
      throw new Refused("the claim 'key' is not an object with at least one column");
    }
    for (Map.Entry<String, JsonNode> column : bound.properties()) {
      values.put(column.getKey(), values(column.getValue()));
    }
    return values;
  }

  /**
   * Returns the party that requests with the token are counted for. The key values determine it if
   * the token is bound to some, otherwise the claim {@code sub}; empty if the token has neither.
   *
   * @throws Refused if the restriction to key values cannot be understood
   */
  Optional<Principal> principal() throws Refused {
    Map<String, SortedSet<String>> values = new TreeMap<>();
    keyValues().forEach((column, texts) -> values.put(column, new TreeSet<>(texts)));
    if (!values.isEmpty()) {
      return Optional.of(new Principal(Principal.Kind.SUBJECT, "key " + values));
    }
    return Optional.ofNullable(claims.path(SUBJECT).textValue())
        .map(subject -> new Principal(Principal.Kind.TOKEN, "sub " + subject));
  }

  private static Set<String> values(JsonNode value) throws Refused {
    if (!value.isArray()) {
      return Set.of(scalar(value));
    }
    if (value.isEmpty()) {
      throw new Refused(
          "the claim 'key' has an empty array; name at least one value of the column");
    }
    Set<String> values = new HashSet<>();
    for (JsonNode element : value) {
      values.add(scalar(element));
    }
    return values;
  }

  private static String scalar(JsonNode value) throws Refused {
    if (value.isTextual() || value.isIntegralNumber() || value.isBoolean()) {
      return value.asText();
    }
    throw new Refused(
        "the claim 'key' has a value that is neither a text, an integer, a boolean, nor an array of these");
  }

  private double seconds(String claim) throws Refused {
    JsonNode value = claims.path(claim);
    double seconds = value.doubleValue();
    if (!value.isNumber() || !(seconds >= 0 && seconds <= LAST_SECOND)) {
      throw new Refused(
          "the claim " + claim + " is not a number of seconds from 1970 up to the year 9999");
    }
    return seconds;
  }

  private Set<String> texts(String claim) throws Refused {
    JsonNode value = claims.path(claim);
    Set<String> texts = new HashSet<>();
    if (!claims.has(claim)) {
      return texts;
    }
    if (value.isTextual()) {
      texts.add(value.textValue());
      return texts;
    }
    boolean whole = value.isArray();
    for (JsonNode element : value) {
      whole &= element.isTextual();
      texts.add(element.textValue());
    }
    if (!whole) {
      throw new Refused("the claim " + claim + " is neither a text nor an array of texts");
    }
    return texts;
  }
}
