/**
 * Reads {@code freshet.yaml}: the connections to the user's servers, and the settings of the job
 * and the reader. Start at {@link dev.freshet.config.Setting}, which says how to add a setting. The
 * package {@code dev.freshet.reader.config} converts the reader's settings for its classes.
 */
package dev.freshet.config;
