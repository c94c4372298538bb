package io.packhouse.server.catalog;

/**
 * What a look at all folders found.
 *
 * @param archives files that are named as archives
 * @param added of those, new ones
 * @param changed of those, with another state than before
 * @param removed that are gone
 * @param unreadable of those that are there
 * @param failed folders, directories and files that could not be looked at; the log names them
 */
public record RescanReport(
    long archives, long added, long changed, long removed, long unreadable, long failed) {}
