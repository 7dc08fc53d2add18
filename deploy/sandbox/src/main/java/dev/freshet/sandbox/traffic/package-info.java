/**
 * Traffic against what runs, and what its readers see. Start at {@link
 * dev.freshet.sandbox.traffic.Traffic}.
 */
package dev.freshet.sandbox.traffic;
