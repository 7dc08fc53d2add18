package dev.freshet.reader;

import static dev.freshet.reader.access.JwtBuilder.jwt;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/**
 * Creates malformed requests: valid requests with replaced parts, and random bytes. The same seed
 * creates the same requests. No request waits for the projection, and none may be sent to a job.
 */
final class Fuzz {
  private static final List<String> VALUES =
      List.of(
          "42",
          "43",
          "7",
          "8",
          "0",
          "-1",
          "042",
          "4 2",
          "9223372036854775808",
          "1e3",
          "",
          "%",
          "%zz",
          "%00",
          "%2F",
          "%2e%2e",
          "..",
          ".",
          ";x=1",
          "a",
          "%C3%28",
          "%F0%9F%98%80",
          "%ED%A0%80",
          "'",
          "%27%20OR%201=1--",
          "1;DROP",
          "\\",
          "%0d%0aX:%20y",
          "$%7Bjndi:x%7D",
          "*",
          "1.5",
          "1.50",
          "AQ",
          "AQ==",
          "2026-01-31T00:00:00",
          "0000-00-00T00:00:00",
          "9999-99-99",
          "repair",
          "%EF%BF%BF",
          "AQAB",
          "null",
          "true",
          "-0",
          "+1",
          "2026-01-31T24:00:00",
          "99999999999999.99");
  private static final List<String> NAMES =
      List.of("limit", "cursor", "after", "wait", "Limit", "", "x", "limit%00", "cursor[]", "a%zz");
  private static final List<String> ARGUMENTS =
      List.of(
          "1",
          "1000",
          "1001",
          "0",
          "-1",
          "2147483648",
          "1e2",
          "binlog.000012:4567",
          "binlog.1:2",
          "binlog.999999999:1",
          "127/binlog.1:2",
          "gtid:",
          "gtid:3e11fa47-71ca-11e1-9e33-c80aa9429562:23",
          "gtid:x",
          "bin'log.1:2",
          "%F0%9F%98%80",
          "%00",
          "");
  private static final List<String> VIEWS =
      List.of(
          Guarded.VIEW,
          Guarded.VIEW,
          Guarded.VIEW,
          Guarded.OTHER_VIEW,
          "pg_catalog",
          "nope",
          "",
          "..",
          "unread_conversations%00",
          "UNREAD_CONVERSATIONS",
          "%22;x");
  private static final List<String> ATOMS =
      List.of(
          "42",
          "7",
          "\"42\"",
          "43",
          "null",
          "true",
          "1.5",
          "1e999999999",
          "-0",
          "18446744073709551616",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"a\"",
          "\"AQ\"",
          "\"2026-01-31T00:00:00\"",
          "{}",
          "[]",
          "\"' OR 1=1\"",
          "NaN",
          "\"😀\"",
          "1" + "0".repeat(1200),
          "{\"a\":[{}]}");
  private static final List<String> METHODS =
      List.of(
          "GET", "GET", "GET", "POST", "PUT", "HEAD", "TRACE", "OPTIONS", "get", "CONNECT", "X");
  private static final List<String> HEADERS =
      List.of(
          "Host: x",
          "Host: ",
          "Host: a:99999",
          "Host: [::1",
          "Content-Length: -1",
          "Content-Length: 99999999999999999999",
          "Content-Length: 5\r\nContent-Length: 6",
          "Transfer-Encoding: chunked",
          "Transfer-Encoding: x",
          "Expect: 100-continue",
          "Expect: y",
          "Range: bytes=0-",
          "Accept: \u0000",
          "X: " + "x".repeat(9000),
          "Upgrade: h2c",
          "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAA\r\nUpgrade: h2c",
          ": x",
          "X",
          "Content-Type: multipart/form-data",
          "Content-Encoding: gzip",
          "Cookie: a=\"",
          "Accept-Encoding: gzip",
          "If-None-Match: *",
          "X-Forwarded-For: ' OR 1=1",
          "X-HTTP-Method-Override: DELETE");

  private final Random chance;
  private final List<String> cursors;

  /**
   * Creates a source of requests.
   *
   * @param cursors valid cursors
   */
  Fuzz(long seed, List<String> cursors) {
    this.chance = new Random(seed);
    this.cursors = cursors;
  }

  byte[] next() {
    return switch (chance.nextInt(10)) {
      case 0, 1, 2 -> request("GET", "/v1/views/" + path() + query(), right(), "");
      case 3, 4 ->
          request(
              "GET",
              "/v1/views/unread_conversations/%s/7?limit=%d&cursor=%s"
                  .formatted(chance.nextBoolean() ? 42 : 43, 1 + chance.nextInt(4), cursor()),
              right(),
              "");
      case 5, 6 -> request("POST", "/v1/views/" + one(VIEWS) + ":batch", right(), body());
      case 7 -> request(one(METHODS), "/v1/views/" + path() + query(), authorization(), body());
      case 8 ->
          request(
              one(METHODS),
              one(
                  List.of(
                      "/v1/views/unread_conversations/42/7",
                      "/health",
                      "/",
                      "*",
                      "http://x",
                      "//v1/views/a/1",
                      "/v1/../v1/views/unread_conversations/42/7",
                      "/%761/views/unread_conversations/42/7",
                      "x:1",
                      "http://y/v1/views/unread_conversations/42/7",
                      "/v1",
                      "/v1/views/unread_conversations/42/7#a")),
              right() + "\r\n" + one(HEADERS),
              "");
      default -> mangled(request("GET", "/v1/views/unread_conversations/42/7", right(), ""));
    };
  }

  private String path() {
    if (chance.nextInt(3) == 0) {
      return Guarded.VIEW + one(List.of("/42/7", "/42/8", "/43/7", "/1/1"));
    }
    StringBuilder path = new StringBuilder(one(VIEWS));
    for (int parts = chance.nextInt(5); parts > 0; parts--) {
      path.append('/').append(one(VALUES));
    }
    if (chance.nextInt(40) == 0) {
      path.append('/').append("9".repeat(chance.nextInt(12_000)));
    }
    return path.toString();
  }

  private String query() {
    StringBuilder query = new StringBuilder();
    for (int pairs = chance.nextInt(4); pairs > 0; pairs--) {
      query.append(query.length() == 0 ? '?' : '&').append(one(NAMES));
      query.append(chance.nextInt(8) == 0 ? "" : "=").append(one(ARGUMENTS));
    }
    // Waits for 1 ms only, because the projection does not change in this test.
    return query.indexOf("after") > 0 ? query + "&wait=1" : query.toString();
  }

  private String cursor() {
    String cursor = one(cursors);
    int at = chance.nextInt(cursor.length());
    return switch (chance.nextInt(4)) {
      case 0 ->
          cursor.substring(0, at) + one(List.of("A", "_", "%", "=", "")) + cursor.substring(at + 1);
      case 1 -> cursor.substring(0, at);
      case 2 ->
          encoded(
              new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8)
                  .replace(
                      one(List.of("42", "7", "\"a\"", "2026", "[", "conversation_id")),
                      one(ATOMS)));
      default -> encoded("[".repeat(chance.nextInt(4000)));
    };
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String body() {
    return switch (chance.nextInt(6)) {
      case 0 -> "[".repeat(chance.nextInt(30_000));
      case 1 -> "{\"keys\":[[\"" + "a".repeat(chance.nextInt(80_000)) + "\"]]}";
      default -> keys();
    };
  }

  private String keys() {
    StringBuilder keys = new StringBuilder();
    for (int count = chance.nextInt(4); count >= 0; count--) {
      StringBuilder key = new StringBuilder();
      for (int parts = chance.nextInt(5); parts > 0; parts--) {
        key.append(key.length() == 0 ? "" : ",").append(one(ATOMS));
      }
      keys.append(keys.length() == 0 ? "" : ",").append('[').append(key).append(']');
    }
    String limit = chance.nextInt(4) == 0 ? ",\"limit\":" + one(ATOMS) : "";
    String body = "{\"keys\":[%s]%s}".formatted(keys, limit);
    return chance.nextInt(5) == 0 ? body.substring(0, chance.nextInt(body.length())) : body;
  }

  private String right() {
    return "Authorization: Bearer " + Guarded.READS_ALL;
  }

  private String authorization() {
    byte[] octets = new byte[chance.nextInt(30)];
    chance.nextBytes(octets);
    String token = jwt("read:*").signed();
    int at = chance.nextInt(token.length());
    String deep = encoded("{\"alg\":" + "[".repeat(chance.nextInt(3000)));
    return "Authorization: "
        + one(
            List.of(
                "Bearer "
                    + new String(octets, StandardCharsets.ISO_8859_1).replaceAll("[\r\n]", ""),
                "Bearer " + token.substring(0, at) + "x" + token.substring(at + 1),
                "Bearer " + token.substring(0, at),
                "Bearer " + deep + "." + deep + ".AA",
                "Bearer " + encoded("{\"alg\":\"HS256\",\"crit\":[\"x\"]}") + ".e30.AA",
                "Bearer " + encoded("{\"alg\":\"dir\",\"enc\":\"A128GCM\"}") + "....",
                "Bearer ....",
                "Negotiate x",
                ""));
  }

  private byte[] request(String method, String target, String headers, String body) {
    String chunked =
        "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
            .formatted(body.getBytes(StandardCharsets.UTF_8).length, body);
    String plain =
        "Content-Length: %d\r\n\r\n%s"
            .formatted(body.getBytes(StandardCharsets.UTF_8).length, body);
    return "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n%s"
        .formatted(
            method,
            target,
            headers,
            body.isEmpty() ? "\r\n" : chance.nextInt(4) == 0 ? chunked : plain)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the request with some bytes changed or removed. */
  private byte[] mangled(byte[] request) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int odds = 5 + chance.nextInt(100);
    for (byte octet : request) {
      int what = chance.nextInt(odds);
      if (what > 1) {
        out.write(octet);
      } else if (what == 1) {
        out.write(chance.nextInt(256));
      }
    }
    return out.toByteArray();
  }

  private <T> T one(List<T> of) {
    return of.get(chance.nextInt(of.size()));
  }
}
