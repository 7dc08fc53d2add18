package dev.freshet.store;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The state of a range when a writer took it over. The range may consist of several rows (parts),
 * written by the writers of an attempt with another parallelism.
 *
 * @param highest the highest version of a part; {@link ProgressTable#NOTHING} if there is no part
 * @param gtids the GTID sets of the parts
 * @param anyOnRead names of the views that at least one part holds as populated on read
 * @param allOnRead names of the views that every part holds as populated on read; empty if there is
 *     no part
 * @param parts the number of rows
 * @param groups the number of key groups that the rows cover
 * @param flushes the number of flushes committed to each part, including the take-over
 * @param hidden the views that at least one part does not serve because they are being rebuilt
 * @param loss the commits that the range lacks; empty if it lacks none
 */
public record TakenRange(
    long highest,
    Set<String> gtids,
    Set<String> anyOnRead,
    Set<String> allOnRead,
    int parts,
    int groups,
    long flushes,
    HiddenViews hidden,
    Optional<StoreLoss> loss) {

  static TakenRange of(List<RangeProgress> parts, long flushes, Optional<StoreLoss> loss) {
    long highest = ProgressTable.NOTHING;
    Set<String> gtids = new TreeSet<>();
    Set<String> any = new TreeSet<>();
    Set<String> all = parts.isEmpty() ? Set.of() : new TreeSet<>(parts.get(0).onRead());
    Set<String> hidden = new TreeSet<>();
    Optional<String> reason = Optional.empty();
    int groups = 0;
    long rebuilt = 0;
    for (RangeProgress part : parts) {
      highest = Math.max(highest, part.version());
      gtids.add(part.gtids());
      any.addAll(part.onRead());
      all.retainAll(part.onRead());
      hidden.addAll(part.hidden().views());
      reason = part.hidden().reason().isPresent() ? part.hidden().reason() : reason;
      rebuilt = Math.max(rebuilt, part.hidden().rebuilt());
      groups += part.range().size();
    }
    return new TakenRange(
        highest,
        gtids,
        any,
        all,
        parts.size(),
        groups,
        flushes,
        new HiddenViews(hidden, reason, rebuilt),
        loss);
  }
}
