package io.packhouse.server.config;

/**
 * What is kept of archives that are read.
 *
 * @param archives archives that stay open
 * @param memoryBytes most that decoded blobs and columns take
 */
public record CacheSettings(int archives, long memoryBytes) {
  public static final CacheSettings DEFAULT = new CacheSettings(256, 256 << 20);

  public CacheSettings {
    if (archives < 1) {
      throw new IllegalArgumentException("archives must be at least 1, not " + archives);
    }
    if (memoryBytes < 0) {
      throw new IllegalArgumentException("memory must not be negative, but is " + memoryBytes);
    }
  }
}
