/**
 * Who may ask what: tokens, what they allow, and where they come from. Knows neither HTTP nor a
 * database. Read {@link dev.freshet.reader.access.Grant} first.
 */
package dev.freshet.reader.access;
