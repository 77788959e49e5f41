/** Argument checks and the exceptions that end a command with a documented exit code. */
package dev.kindling.base;
