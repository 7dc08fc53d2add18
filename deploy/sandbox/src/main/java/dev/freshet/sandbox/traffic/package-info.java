/**
 * Traffic for a running sandbox, and measurements of the answers. Start at {@link
 * dev.freshet.sandbox.traffic.Traffic}.
 */
package dev.freshet.sandbox.traffic;
