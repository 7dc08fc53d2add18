/**
 * Traffic against what runs, and what its readers see. Start at {@link
 * dev.freshet.cli.traffic.Traffic}.
 */
package dev.freshet.cli.traffic;
