package io.packhouse.benchmarks;

/**
 * One operation, timed once.
 *
 * @param round from 1
 * @param archiveBytes length of the contender's archive, of all its files
 */
record Sample(
    Corpus corpus,
    Operation operation,
    String contender,
    int round,
    Usage usage,
    long archiveBytes) {}
