/**
 * The external forms of canonical values: in URLs, answers and messages. Read {@link
 * dev.freshet.view.form.TextForm} first.
 */
package dev.freshet.view.form;
