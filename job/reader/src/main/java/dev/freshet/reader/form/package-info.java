/**
 * How values, keys and cursors look to callers. Read {@link dev.freshet.reader.form.TextForm}
 * first.
 */
package dev.freshet.reader.form;
