package dev.freshet.reader.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * Whether the reader can answer: it knows the views and one of the databases answers.
 *
 * @param views how many it knows
 * @param catalogueRead whether the list of views was ever read
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
