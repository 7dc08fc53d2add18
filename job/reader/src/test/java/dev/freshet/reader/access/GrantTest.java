package dev.freshet.reader.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GrantTest {
  private static final ViewPlan PLAN =
      PlanBuilder.plan("orders")
          .key("user_id", ValueType.INTEGER, "bigint")
          .key("price", ValueType.DECIMAL, "decimal(9,2)")
          .entryKey("id", ValueType.INTEGER, "bigint")
          .build();
  private static final List<Object> KEY = List.of(42L, new BigDecimal("12.50"));

  @Test
  void scopesAllowExactlyTheirRights() {
    Grant one = new Grant(Set.of("read:orders"), Map.of());
    assertThat(one.reads("orders")).isTrue();
    assertThat(one.reads("order")).isFalse();
    assertThat(one.reads("*")).isFalse();
    assertThat(one.operates()).isFalse();
    Grant operator = new Grant(Set.of("operate"), Map.of());
    assertThat(operator.reads("orders")).isFalse();
    assertThat(operator.operates()).isTrue();
    assertThat(new Grant(Set.of("read:*"), Map.of()).reads("anything")).isTrue();
    assertThat(Grant.ALL.reads("anything")).isTrue();
    assertThat(Grant.ALL.operates()).isTrue();
  }

  @Test
  void aKeyIsCoveredIfAllBoundColumnsMatch() {
    assertThat(covers(Map.of())).isTrue();
    assertThat(covers(Map.of("user_id", Set.of("42")))).isTrue();
    assertThat(covers(Map.of("user_id", Set.of("42"), "price", Set.of("12.5")))).isTrue();
    assertThat(covers(Map.of("user_id", Set.of("43")))).isFalse();
    assertThat(covers(Map.of("user_id", Set.of("042")))).isFalse();
    assertThat(covers(Map.of("user_id", Set.of("42"), "price", Set.of("12.51")))).isFalse();
    assertThat(covers(Map.of("user_id", Set.of("me")))).isFalse();
    assertThat(covers(Map.of("USER_ID", Set.of("42")))).as("no such key column").isFalse();
    assertThat(covers(Map.of("id", Set.of("42")))).as("a column, but not of the key").isFalse();
  }

  @Test
  void eachOfSeveralValuesIsCovered() {
    assertThat(covers(Map.of("user_id", Set.of("41", "42", "me")))).isTrue();
    assertThat(covers(Map.of("user_id", Set.of("41", "43")))).isFalse();
    assertThat(covers(Map.of("user_id", Set.of("41", "42"), "price", Set.of("1", "2")))).isFalse();
    assertThat(covers(Map.of("user_id", Set.of()))).as("no value").isFalse();
  }

  private static boolean covers(Map<String, Set<String>> bound) {
    return new Grant(Set.of(), bound).covers(PLAN, KEY);
  }
}
