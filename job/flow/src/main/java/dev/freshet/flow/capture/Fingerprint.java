package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells whether state was made by the same views: queries, keys and the columns they were resolved
 * to. Freshness is not part of it.
 */
final class Fingerprint {
  private Fingerprint() {}

  static String of(JobPlan plan) {
    StringBuilder text = new StringBuilder();
    for (ViewPlan view : plan.views()) {
      text.append(view.view()).append('\n');
      text.append(view.query()).append('\n');
      text.append(view.primaryKey()).append(view.keyColumns()).append(view.order()).append('\n');
      for (PlanNode node : view.nodes()) {
        text.append(node).append('\n');
      }
      for (ViewPlan.Output output : view.outputs()) {
        text.append(output.column()).append('\n');
      }
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
