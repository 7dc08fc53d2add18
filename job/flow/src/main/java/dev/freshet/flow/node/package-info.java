/**
 * The nodes of the views' joins. Read the decisions first, {@link
 * dev.freshet.flow.node.DimensionNode} and {@link dev.freshet.flow.node.RootNode}, then the
 * operators that run them. {@link dev.freshet.flow.node.StepBuffer} holds events until their
 * watermark; {@link dev.freshet.flow.node.NodeOperator} orders them by version, then by order
 * within the version.
 */
package dev.freshet.flow.node;
