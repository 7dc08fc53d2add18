package dev.freshet.store;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a writer took over.
 *
 * @param highest version of any part, or {@link ProgressTable#NOTHING}
 * @param anyOnRead names of the views that some part has as populated on read
 * @param allOnRead names of those that every part has so; empty where there is no part
 * @param parts how many rows there are
 * @param groups how many key groups they have
 * @param flushes how many were committed of each part; taking over counts as one
 * @param hidden the views that some part does not serve because they are being rebuilt
 * @param loss what the range lacks
 */
public record TakenRange(
    long highest,
    Set<String> anyOnRead,
    Set<String> allOnRead,
    int parts,
    int groups,
    long flushes,
    HiddenViews hidden,
    Optional<StoreLoss> loss) {

  static TakenRange of(List<RangeProgress> parts, long flushes, Optional<StoreLoss> loss) {
    long highest = ProgressTable.NOTHING;
    Set<String> any = new TreeSet<>();
    Set<String> all = parts.isEmpty() ? Set.of() : new TreeSet<>(parts.get(0).onRead());
    Set<String> hidden = new TreeSet<>();
    Optional<String> reason = Optional.empty();
    int groups = 0;
    long rebuilt = 0;
    for (RangeProgress part : parts) {
      highest = Math.max(highest, part.version());
      any.addAll(part.onRead());
      all.retainAll(part.onRead());
      hidden.addAll(part.hidden().views());
      reason = part.hidden().reason().isPresent() ? part.hidden().reason() : reason;
      rebuilt = Math.max(rebuilt, part.hidden().rebuilt());
      groups += part.range().size();
    }
    return new TakenRange(
        highest,
        any,
        all,
        parts.size(),
        groups,
        flushes,
        new HiddenViews(hidden, reason, rebuilt),
        loss);
  }
}
