package io.packhouse.engine.extract;

import io.packhouse.spi.PackageExtractor;

/**
 * An extractor of a host.
 *
 * @param origin where it came from, for people: {@link #BUILT_IN}, or the path of a plugin
 */
public record InstalledExtractor(PackageExtractor extractor, String origin) {

  /** The origin of extractors on the class path. */
  public static final String BUILT_IN = "built in";
}
