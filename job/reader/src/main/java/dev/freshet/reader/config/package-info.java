/**
 * What a reader is told when it starts. Read {@link dev.freshet.reader.config.Environment} first.
 */
package dev.freshet.reader.config;
