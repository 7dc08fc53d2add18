package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A comparison that finds nothing proves nothing: each kind of difference is found. */
class ExpectedAnswersTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Map<String, JsonNode>> EXPECTED = List.of(row(1, "a"), row(2, null));

  private static Map<String, JsonNode> row(long id, String label) {
    Map<String, JsonNode> row = new LinkedHashMap<>();
    row.put("id", BigIntegerNode.valueOf(BigInteger.valueOf(id)));
    row.put("label", label == null ? NullNode.getInstance() : TextNode.valueOf(label));
    return row;
  }

  private static Optional<String> difference(String items) throws IOException {
    return ExpectedAnswers.difference(List.of(JSON.readValue(items, JsonNode[].class)), EXPECTED);
  }

  @Test
  void equalRowsHaveNoDifference() throws Exception {
    assertThat(difference("[{\"id\":1,\"label\":\"a\"},{\"label\":null,\"id\":2}]")).isEmpty();
  }

  @Test
  void everyDifferenceIsFound() throws Exception {
    String[] wrong = {
      "[]",
      "[{\"id\":1,\"label\":\"a\"}]",
      "[{\"id\":2,\"label\":null},{\"id\":1,\"label\":\"a\"}]",
      "[{\"id\":1,\"label\":\"A\"},{\"id\":2,\"label\":null}]",
      "[{\"id\":1,\"label\":\"a\"},{\"id\":2,\"label\":\"\"}]",
      "[{\"id\":1,\"label\":\"a\"},{\"id\":2,\"label\":\"null\"}]",
      "[{\"id\":\"1\",\"label\":\"a\"},{\"id\":2,\"label\":null}]",
      "[{\"id\":1,\"label\":\"a\"},{\"id\":2}]",
      "[{\"id\":1,\"label\":\"a\",\"more\":1},{\"id\":2,\"label\":null}]",
    };
    for (String items : wrong) {
      assertThat(difference(items)).as(items).isPresent();
    }
  }
}
