/**
 * The reader's configuration, checked and converted for its classes. It has no settings of its own:
 * all are in {@link dev.freshet.config.Setting}. Read {@link
 * dev.freshet.reader.config.ReaderConfig} first.
 */
package dev.freshet.reader.config;
