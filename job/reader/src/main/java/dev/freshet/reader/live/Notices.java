package dev.freshet.reader.live;

import dev.freshet.store.Notice;

/** A source of notices that the store has changed. */
public interface Notices {
  /** Receives notices; its methods must not block. */
  interface Listener {
    void changed(Notice notice);

    /** Called when any number of notices may have been missed. */
    void missed();
  }

  /** Begins to listen; reconnects after every failure until the result is closed. */
  Listening listen(Listener listener);

  /** A running subscription to notices, which {@link #close} ends. */
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }
}
