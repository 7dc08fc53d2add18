/**
 * What a reader's classes are told when it starts. Read {@link
 * dev.freshet.reader.config.ReaderConfig} first.
 */
package dev.freshet.reader.config;
