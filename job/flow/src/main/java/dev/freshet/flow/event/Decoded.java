package dev.freshet.flow.event;

import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.event.DomainEvent;
import java.util.Objects;
import java.util.Optional;

/** What {@link EventDecoder} makes of a record. */
public sealed interface Decoded {
  /**
   * An event.
   *
   * @param group the values by which it is grouped
   */
  record Accepted(Key group, DomainEvent event) implements Decoded {
    public Accepted {
      Objects.requireNonNull(group, "group");
      Objects.requireNonNull(event, "event");
    }
  }

  /**
   * The record is no event that can be used: poison.
   *
   * @param why says for people what is wrong; has no part of the record
   * @param group the values by which it would be grouped, if they can be read
   */
  record Refused(Reason reason, String why, Optional<Key> group) implements Decoded {
    public Refused {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(why, "why");
      Objects.requireNonNull(group, "group");
    }
  }
}
