/**
 * How canonical values look to people and programs outside: in addresses, answers and messages.
 * Read {@link dev.freshet.view.form.TextForm} first.
 */
package dev.freshet.view.form;
