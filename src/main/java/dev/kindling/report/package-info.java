/**
 * Pages for people: what was initialised, measured or compared, as one HTML file that needs nothing
 * else.
 */
package dev.kindling.report;
