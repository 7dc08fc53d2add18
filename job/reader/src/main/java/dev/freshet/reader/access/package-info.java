/**
 * Authorisation: tokens, their rights, and their sources. Depends neither on HTTP nor on a
 * database. Read {@link dev.freshet.reader.access.Grant} first.
 */
package dev.freshet.reader.access;
