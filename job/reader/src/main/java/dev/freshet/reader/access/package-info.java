/**
 * Authorisation: tokens, their rights, and their sources. Depends neither on HTTP nor on a
 * database. Read {@link dev.freshet.reader.access.Grant} first; {@link
 * dev.freshet.reader.access.Guard} checks the token of a request, and {@code Permit} of the package
 * {@code http} what the token allows.
 */
package dev.freshet.reader.access;
