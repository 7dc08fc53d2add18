/**
 * How keys, cursors and query strings look to callers. Read {@link dev.freshet.reader.form.KeyPath}
 * first.
 */
package dev.freshet.reader.form;
