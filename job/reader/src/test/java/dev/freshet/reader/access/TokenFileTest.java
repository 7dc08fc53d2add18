package dev.freshet.reader.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.reader.secret.BadSecret;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenFileTest {
  @Test
  void tokensHaveScopes() throws BadSecret {
    TokenList list =
        read(
            """
            {"tokens": [
              {"name": "inbox", "token": "0123456789abcdef", "scopes": ["read:unread"]},
              {"name": "ops", "token": "fedcba9876543210", "scopes": ["read:*", "operate"]}]}
            """);

    assertThat(list.grant("0123456789abcdef")).hasValue(new Grant(Set.of("read:unread"), Map.of()));
    assertThat(list.grant("fedcba9876543210")).hasValue(Grant.ALL);
    assertThat(list.grant("0123456789abcdeg")).isEmpty();
    assertThat(list.grant("")).isEmpty();
  }

  @Test
  void aDigestMayReplaceItsToken() throws BadSecret {
    String digest = HexFormat.of().formatHex(TokenList.digest("fedcba9876543210"));
    TokenList list =
        read(
            "{\"tokens\":[{\"name\":\"a\",\"sha256\":\"%s\",\"scopes\":[\"operate\"]}]}"
                .formatted(digest));

    assertThat(list.grant("fedcba9876543210")).hasValue(new Grant(Set.of("operate"), Map.of()));
    assertThat(list.grant(digest)).as("the digest itself is no token").isEmpty();
  }

  @Test
  void allProblemsAreReportedAtOnceWithoutTokens() {
    assertThat(
            problems(
                """
                {"tokens": [
                  {"name": "a", "token": "hush-hush-1", "scopes": ["raed:*", "read:"]},
                  {"name": "a", "token": "hush-hush-1", "scopes": []},
                  {"token": "hush", "scopes": ["operate"], "socpes": 1},
                  {"name": "d", "scopes": ["operate"]},
                  {"name": "e", "sha256": "hush-hush-2", "scopes": "operate"}], "more": 1}
                """))
        .containsExactly(
            "TOKENS has the field 'more', which is not known",
            "TOKENS: token 'a': scope 1 is not known; known are read:*, read:VIEW and operate",
            "TOKENS: token 'a': scope 2 is not known; known are read:*, read:VIEW and operate",
            "TOKENS: token 2 has the name of another; give each a name of its own",
            "TOKENS: token 'a' has no scopes; give an array such as [\"read:*\"]",
            "TOKENS: token 'a' is the same as one before it; make another with: openssl rand -hex"
                + " 24",
            "TOKENS: token 3 has no name; give each a name of its own",
            "TOKENS: token 3 has the field 'socpes', which is not known; did you mean 'scopes'?",
            "TOKENS: token 3 must have at least 8 visible ASCII characters; make one with: openssl"
                + " rand -hex 24",
            "TOKENS: token 'd' needs either 'token' or 'sha256'",
            "TOKENS: token 'e' must have 64 hexadecimal digits as 'sha256'; get them with: printf %s"
                + " TOKEN | sha256sum",
            "TOKENS: token 'e' has no scopes; give an array such as [\"read:*\"]")
        .noneMatch(problem -> problem.contains("hush"));
  }

  @Test
  void malformedJsonIsNotQuoted() {
    for (String text :
        List.of("hush-hush", "{\"tokens\": [{\"token\": hush}]}", "{\"hush\":1,\"hush\":2}")) {
      assertThat(problems(text))
          .singleElement()
          .asString()
          .startsWith("TOKENS is not JSON (line 1, column ")
          .doesNotContain("hush");
    }
    assertThat(problems("[]"))
        .containsExactly("TOKENS has no array 'tokens'; give {\"tokens\": [{…}]}");
  }

  private static TokenList read(String text) throws BadSecret {
    TokenList list = new TokenList();
    TokenFile.read("TOKENS", text, list);
    return list;
  }

  private static List<String> problems(String text) {
    return catchThrowableOfType(BadSecret.class, () -> read(text)).problems();
  }
}
