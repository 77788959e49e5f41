/**
 * The initialisation methods: one record each with its parameters, and the names they have in
 * configuration.
 */
package dev.kindling.scheme;
