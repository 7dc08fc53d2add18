/**
 * The nodes of the views' joins. Read the decisions first, {@link
 * dev.freshet.flow.node.DimensionNode} and {@link dev.freshet.flow.node.RootNode}, then the
 * operators that run them.
 */
package dev.freshet.flow.node;
