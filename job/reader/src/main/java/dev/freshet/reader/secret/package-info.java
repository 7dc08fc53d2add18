/** Reads and parses secrets and keys. Read {@link dev.freshet.reader.secret.SecretText} first. */
package dev.freshet.reader.secret;
