/**
 * Argument checks, the exceptions that end a command with a documented exit code, and what every
 * package hashes and reads alike: SHA-256 and JSON.
 */
package dev.kindling.base;
