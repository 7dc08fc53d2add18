package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class QueryTest {
  @Test
  void everyTextIsPercentEncoded() {
    assertThat(Query.of("notes", "a b/?\ud83d\ude00").path())
        .isEqualTo("/v1/views/notes/a%20b%2F%3F%F0%9F%98%80");
  }

  @Test
  void theReaderCountsAllWhenAsked() {
    assertThat(Query.of("notes", 1).limit(5).countingAll().after("gtid:x").parameters())
        .isEqualTo("?limit=5&count=exact&after=gtid%3Ax");
  }

  @Test
  void halfOfASurrogatePairIsNotSentAsAnotherKey() {
    for (String key : new String[] {"\ud800", "a\ude00\ud83d"}) {
      assertThatThrownBy(() -> Query.of("notes", key))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("view or key has half of a surrogate pair; give valid Unicode");
    }
  }
}
