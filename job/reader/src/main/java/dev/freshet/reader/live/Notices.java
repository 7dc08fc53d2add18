package dev.freshet.reader.live;

import dev.freshet.store.Notice;

/** Where changes of the store are heard of. */
public interface Notices {
  /** Hears them; does not block. */
  interface Listener {
    void changed(Notice notice);

    /** Any number of notices may have been missed. */
    void missed();
  }

  /** Begins to listen, and goes on whatever happens, until it is closed. */
  Listening listen(Listener ear);

  /** Ends with {@link #close}. */
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }
}
