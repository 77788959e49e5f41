/**
 * What each tensor of a graph is for, from the nodes that read it: role, layout, matrices, the
 * activation behind it.
 */
package dev.kindling.reader.roles;
