package dev.freshet.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Picks keys to read: half of them from the recently changed keys, the others by Zipf's law, in
 * which the key with the most entries is the most frequent. For a few picks it replaces the site,
 * so that the key never had an entry. Thread-safe.
 */
final class KeyPicker {
  private static final long NO_SITE = 987_654_321L;

  private final List<ViewKey> bySize;
  private final AtomicReferenceArray<ViewKey> recent = new AtomicReferenceArray<>(64);
  private final AtomicInteger next = new AtomicInteger();

  KeyPicker(SourceModel model) {
    bySize = new ArrayList<>(model.keys());
    bySize.sort(
        Comparator.comparingInt((ViewKey key) -> model.history(key).last().answer().size())
            .reversed()
            .thenComparingLong(ViewKey::user)
            .thenComparingLong(ViewKey::site));
  }

  /** Records keys that a transaction changed; only the first eight. */
  void changed(List<ViewKey> keys) {
    for (int i = 0; i < Math.min(8, keys.size()); i++) {
      recent.set(Math.floorMod(next.getAndIncrement(), recent.length()), keys.get(i));
    }
  }

  ViewKey pick() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int ticket = random.nextInt(100);
    ViewKey key = ticket < 50 ? recent.get(random.nextInt(recent.length())) : null;
    if (key == null) {
      key = bySize.get((int) Math.pow(bySize.size(), random.nextDouble()) - 1);
    }
    return ticket < 97 ? key : new ViewKey(key.user(), NO_SITE);
  }
}
