package dev.freshet.check;

import dev.freshet.check.SourceModel.User;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Repeatedly renames the user that most conversations show as the counterpart. */
final class RenameStorm {
  private final SourceWriter writer;
  private final long user;
  private final List<ViewKey> bySize;
  private int renames;

  RenameStorm(SourceWriter writer) {
    this.writer = writer;
    SourceModel model = writer.model();
    this.user =
        model.userIds().stream()
            .max(Comparator.comparingInt(model::fanOut))
            .orElseThrow(() -> new IllegalArgumentException("Source: it has no users"));
    Map<ViewKey, Integer> shown = new HashMap<>();
    for (ViewKey key : model.keysShowing(user)) {
      shown.merge(key, 1, Integer::sum);
    }
    this.bySize = new ArrayList<>(shown.keySet());
    bySize.sort(
        Comparator.comparingInt((ViewKey key) -> shown.get(key))
            .reversed()
            .thenComparingLong(ViewKey::user)
            .thenComparingLong(ViewKey::site));
  }

  SourceWriter.Committed rename() throws SQLException {
    renames++;
    User before = writer.model().user(user);
    writer.updateUser(user, new User("Renamed " + renames, before.image()));
    return writer.commit();
  }

  long user() {
    return user;
  }

  int shownIn() {
    return writer.model().fanOut(user);
  }

  /** Returns the key that shows the user most often. */
  ViewKey largestKey() {
    return bySize.get(0);
  }

  /** Returns some of the keys that show the user, large and small ones. */
  List<ViewKey> someKeys() {
    List<ViewKey> some = new ArrayList<>(bySize.subList(0, Math.min(4, bySize.size())));
    List<ViewKey> rest = new ArrayList<>(bySize);
    Collections.shuffle(rest);
    some.addAll(rest.subList(0, Math.min(4, rest.size())));
    return some;
  }
}
