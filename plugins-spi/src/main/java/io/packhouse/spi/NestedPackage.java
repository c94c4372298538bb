package io.packhouse.spi;

/**
 * A package found inside a package file. It is of the same package type; its own columns are those
 * of the extractor that found it.
 *
 * @param innerPath where it lies within the package around it, names separated by {@code /}; not
 *     empty. It is data from the package: never a path to write to
 * @param metadata what it is
 */
public record NestedPackage(String innerPath, PackageMetadata metadata) {

  /** Checks. */
  public NestedPackage {
    if (innerPath.isEmpty()) {
      throw new IllegalArgumentException("innerPath must not be empty");
    }
    innerPath = Text.wellFormed(innerPath);
  }
}
