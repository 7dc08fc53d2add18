package dev.freshet.servers;

/** The signals that are sent to servers. */
enum Signal {
  TERM,
  INT,
  KILL,
  STOP,
  CONT
}
