package dev.freshet.reader.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.reader.secret.BadSecret;
import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.OneLine;
import dev.freshet.view.form.StrictJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Parses tokens with scopes and reports all problems at once. The form:
 *
 * <pre>{@code
 * {"tokens": [
 *   {"name": "inbox", "token": "…", "scopes": ["read:unread_conversations"]},
 *   {"name": "operator", "sha256": "…", "scopes": ["read:*", "operate"]}]}
 * }</pre>
 *
 * {@code name} is for messages. Instead of {@code token}, {@code sha256} gives the token's SHA-256
 * in hexadecimal.
 */
final class TokenFile {
  private static final int SHORTEST = 8;
  private static final String TOKENS = "tokens";
  private static final String NAME = "name";
  private static final String TOKEN = "token";
  private static final String SHA_256 = "sha256";
  private static final String SCOPES = "scopes";
  private static final Set<String> FIELDS = new TreeSet<>(Set.of(NAME, TOKEN, SHA_256, SCOPES));

  private final String subject;
  private final List<String> problems = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private TokenFile(String subject) {
    this.subject = subject;
  }

  /**
   * Parses a text and adds its tokens to a list.
   *
   * @param subject the text's name in messages
   * @throws BadSecret with every problem; its message never contains a token
   */
  static void read(String subject, String text, TokenList into) throws BadSecret {
    TokenFile file = new TokenFile(subject);
    file.read(parsed(subject, text), into);
    if (!file.problems.isEmpty()) {
      throw new BadSecret(file.problems);
    }
  }

  /** Whether a text can be sent as a token and is long enough not to be guessed easily. */
  static boolean isToken(String text) {
    return text.length() >= SHORTEST && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static JsonNode parsed(String subject, String text) throws BadSecret {
    try {
      return StrictJson.parse(text);
    } catch (BadForm e) {
      throw new BadSecret(
          "%s is %s; give {\"tokens\": [{\"name\": …, \"token\": …, \"scopes\": […]}]}"
              .formatted(subject, e.getMessage()));
    }
  }

  private void read(JsonNode root, TokenList into) {
    known(subject, root, Set.of(TOKENS));
    if (!root.path(TOKENS).isArray()) {
      problems.add(subject + " has no array 'tokens'; give {\"tokens\": [{…}]}");
    }
    int number = 0;
    for (JsonNode entry : root.path(TOKENS)) {
      number++;
      String name = OneLine.of(text(entry, NAME));
      if (name.isBlank() || !names.add(name)) {
        problems.add(
            "%s: token %d has %s; give each a name of its own"
                .formatted(subject, number, name.isBlank() ? "no name" : "the name of another"));
      }
      add(
          "%s: token %s".formatted(subject, name.isBlank() ? number : "'" + name + "'"),
          entry,
          into);
    }
  }

  private void add(String token, JsonNode entry, TokenList into) {
    known(token, entry, FIELDS);
    byte[] digest = digest(token, entry);
    Set<String> scopes = scopes(token, entry.path(SCOPES));
    if (into.has(digest)) {
      problems.add(
          token + " is the same as one before it; make another with: openssl rand -hex 24");
    } else if (digest.length > 0) {
      into.add(digest, new Grant(scopes, Map.of()));
    }
  }

  private byte[] digest(String token, JsonNode entry) {
    if (entry.has(TOKEN) == entry.has(SHA_256)) {
      problems.add(token + " needs either 'token' or 'sha256'");
    } else if (entry.has(TOKEN) && isToken(text(entry, TOKEN))) {
      return TokenList.digest(text(entry, TOKEN));
    } else if (entry.has(TOKEN)) {
      problems.add(
          "%s must have at least %d visible ASCII characters; make one with: openssl rand -hex 24"
              .formatted(token, SHORTEST));
    } else if (text(entry, SHA_256).matches("[0-9a-fA-F]{64}")) {
      return HexFormat.of().parseHex(text(entry, SHA_256));
    } else {
      problems.add(
          token
              + " must have 64 hexadecimal digits as 'sha256'; get them with: printf %s TOKEN |"
              + " sha256sum");
    }
    return new byte[0];
  }

  private Set<String> scopes(String token, JsonNode words) {
    Set<String> scopes = new HashSet<>();
    if (!words.isArray() || words.isEmpty()) {
      problems.add(token + " has no scopes; give an array such as [\"read:*\"]");
    }
    int number = 0;
    for (JsonNode word : words) {
      number++;
      if (word.isTextual() && Grant.isScope(word.asText())) {
        scopes.add(word.asText());
      } else {
        problems.add(
            "%s: scope %d is not known; known are read:*, read:VIEW and operate"
                .formatted(token, number));
      }
    }
    return scopes;
  }

  /**
   * Returns a field's text; an empty text if the field is missing or has another type, so that both
   * are refused alike.
   */
  private static String text(JsonNode entry, String field) {
    return entry.path(field).isTextual() ? entry.path(field).textValue() : "";
  }

  private void known(String of, JsonNode object, Set<String> fields) {
    object
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!fields.contains(field)) {
                problems.add(
                    "%s has the field '%s', which is not known%s"
                        .formatted(of, OneLine.of(field, 64), Suggestion.suffix(field, fields)));
              }
            });
  }
}
