/** The command line: commands, the configuration record, wiring and exit codes. */
package dev.kindling.cli;
