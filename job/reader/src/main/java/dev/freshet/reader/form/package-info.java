/**
 * The text forms of keys, cursors and query strings. Read {@link dev.freshet.reader.form.KeyPath}
 * first.
 */
package dev.freshet.reader.form;
