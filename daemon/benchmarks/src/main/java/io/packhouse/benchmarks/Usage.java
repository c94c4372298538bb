package io.packhouse.benchmarks;

/**
 * What a command cost, with all processes that it started and waited for.
 *
 * @param wallNanos from its first instruction in the shell to its end
 * @param userNanos CPU time in user mode
 * @param systemNanos CPU time in the kernel
 * @param peakBytes most resident memory of the largest of its processes; shared pages count
 * @param voluntarySwitches how often it waited
 * @param involuntarySwitches how often it was made to wait
 * @param exitCode 128 and the signal's number where a signal ended it
 * @param overLimit whether it was killed because it took too long; then its CPU time is not all
 * @param complaint first line of its standard error, or empty
 */
public record Usage(
    long wallNanos,
    long userNanos,
    long systemNanos,
    long peakBytes,
    long voluntarySwitches,
    long involuntarySwitches,
    int exitCode,
    boolean overLimit,
    String complaint) {

  public long cpuNanos() {
    return userNanos + systemNanos;
  }
}
