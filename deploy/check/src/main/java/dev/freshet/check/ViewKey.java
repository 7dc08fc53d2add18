package dev.freshet.check;

/** A key of the unread conversations: whose, and in which site. */
record ViewKey(long user, long site) {
  @Override
  public String toString() {
    return user + "/" + site;
  }
}
