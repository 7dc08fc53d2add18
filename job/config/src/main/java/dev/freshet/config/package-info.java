/**
 * Reads {@code freshet.yaml}: the connections to the user's servers, and the settings of the job
 * and the reader. Start at {@link dev.freshet.config.Setting}.
 */
package dev.freshet.config;
