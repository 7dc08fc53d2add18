/**
 * The reader's configuration, checked and converted for its classes. Read {@link
 * dev.freshet.reader.config.ReaderConfig} first.
 */
package dev.freshet.reader.config;
