/**
 * Asks a reader: answers, pages, many keys at once, and streams of changes. Read {@link
 * dev.freshet.client.FreshetClient} first.
 */
package dev.freshet.client;
