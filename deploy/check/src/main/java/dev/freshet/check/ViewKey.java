package dev.freshet.check;

/** A key of the unread conversations: a user and a site. */
record ViewKey(long user, long site) {
  @Override
  public String toString() {
    return user + "/" + site;
  }
}
