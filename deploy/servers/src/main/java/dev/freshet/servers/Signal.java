package dev.freshet.servers;

/** The signals servers are sent. */
enum Signal {
  TERM,
  INT,
  KILL,
  STOP,
  CONT
}
