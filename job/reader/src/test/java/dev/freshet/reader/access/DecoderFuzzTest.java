package dev.freshet.reader.access;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import dev.freshet.reader.PlanBuilder;
import dev.freshet.reader.form.Cursor;
import dev.freshet.reader.secret.BadSecret;
import dev.freshet.view.DecoderFuzz;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Mutated cursors and tokens. */
class DecoderFuzzTest {
  private static final ViewPlan PLAN = PlanBuilder.inbox();
  private static final Object[] KEY = {42L, 7L};
  private static final int MOST_CLAIMS = 512;
  private static final int MOST_FILE = 300;

  @Test
  void cursors() {
    byte[] cursor =
        Cursor.write(PLAN, KEY, List.of(), new Object[] {1_000_001L, 9L}).getBytes(ISO_8859_1);
    new DecoderFuzz()
        .with(
            "Cursor",
            text -> Cursor.read(PLAN, KEY, List.of(), new String(text, ISO_8859_1)),
            BadForm.class,
            List.of(cursor))
        .with(
            "Cursor's JSON",
            text -> Cursor.read(PLAN, KEY, List.of(), new String(text, ISO_8859_1)),
            BadForm.class,
            json -> Base64.getUrlEncoder().withoutPadding().encode(json),
            List.of(Base64.getUrlDecoder().decode(cursor)))
        .run();
  }

  @Test
  void signedTokens() throws BadSecret {
    SignedTokens tokens =
        new SignedTokens(
            VerificationKeys.ofSecret("the key", JwtBuilder.SECRET),
            Optional.empty(),
            Optional.empty());
    String token = JwtBuilder.jwt("read:unread").key(Map.of("user_id", 42)).signed();
    byte[] claims =
        Base64.getUrlDecoder()
            .decode(token.substring(token.indexOf('.') + 1, token.lastIndexOf('.')));
    DecoderFuzz.ofDenseEncodings()
        .with(
            "a token",
            text -> tokens.verify(new String(text, ISO_8859_1)),
            Set.of(),
            UnaryOperator.identity(),
            List.of(token.getBytes(ISO_8859_1)))
        .with(
            "the claims of a signed token",
            text -> tokens.verify(new String(text, ISO_8859_1)),
            Set.of(),
            DecoderFuzzTest::signed,
            List.of(claims))
        .run();
  }

  private static byte[] signed(byte[] claims) {
    // Checking a signature takes some memory of its own.
    byte[] few = Arrays.copyOf(claims, Math.min(claims.length, MOST_CLAIMS));
    JWSObject token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(few));
    try {
      token.sign(new MACSigner(JwtBuilder.SECRET.getBytes(UTF_8)));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
    return token.serialize().getBytes(ISO_8859_1);
  }

  @Test
  void tokenFiles() {
    String file =
        "{\"tokens\": [{\"name\": \"inbox\", \"token\": \"0123456789\", \"scopes\":"
            + " [\"read:unread\"]},{\"name\": \"operator\", \"sha256\": \""
            + "ab".repeat(32)
            + "\", \"scopes\": [\"read:*\", \"operate\"]}]}";
    DecoderFuzz.ofDenseEncodings()
        .with(
            "TokenFile",
            text -> {
              TokenFile.read("the file", new String(text, UTF_8), new TokenList());
              return text;
            },
            BadSecret.class,
            // Each of many problems is described in more than ten times its bytes.
            text -> Arrays.copyOf(text, Math.min(text.length, MOST_FILE)),
            List.of(file.getBytes(UTF_8)))
        .run();
  }
}
