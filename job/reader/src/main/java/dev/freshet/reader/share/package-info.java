/**
 * Fair shares: what one caller may use of the reader, so that the others are answered whatever it
 * does.
 */
package dev.freshet.reader.share;
