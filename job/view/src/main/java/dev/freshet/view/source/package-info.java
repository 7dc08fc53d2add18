/**
 * Whether a MySQL server can be the source of views. Read {@link
 * dev.freshet.view.source.SourceCheck} first.
 */
package dev.freshet.view.source;
