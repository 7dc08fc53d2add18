/**
 * Secrets and keys: where they come from and how they are read. Read {@link
 * dev.freshet.reader.secret.SecretText} first.
 */
package dev.freshet.reader.secret;
