/**
 * What a declared view means and costs, told before it is submitted. Start at {@link
 * dev.freshet.cli.explain.Explanation}.
 */
package dev.freshet.cli.explain;
