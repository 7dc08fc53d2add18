package dev.freshet.reader.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * The health of the reader. It is up if it has read the list of views and at least one of the
 * databases answers.
 *
 * @param postgres whether Postgres answers
 * @param mysql whether MySQL answers
 * @param views the number of known views
 * @param catalogueRead whether the list of views has been read at least once
 */
public record Health(boolean postgres, boolean mysql, boolean catalogueRead, int views) {
  private static final JsonMapper JSON = new JsonMapper();

  public boolean isUp() {
    return catalogueRead && (postgres || mysql);
  }

  byte[] json() {
    ObjectNode body = JSON.createObjectNode();
    body.put("status", word(isUp()));
    body.putObject("postgres").put("status", word(postgres));
    body.putObject("mysql").put("status", word(mysql));
    body.putObject("catalogue").put("status", word(catalogueRead)).put("views", views);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String word(boolean up) {
    return up ? "up" : "down";
  }
}
