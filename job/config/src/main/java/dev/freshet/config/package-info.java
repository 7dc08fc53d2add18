/**
 * {@code freshet.yaml}: where the user's servers are and how the job and the reader run on them.
 * Start at {@link dev.freshet.config.Setting}.
 */
package dev.freshet.config;
