package io.packhouse.spi;

import org.jspecify.annotations.Nullable;

/**
 * One declared dependency, as the package states it: not resolved.
 *
 * @param purl the dependency's package URL, without a version unless exactly one is asked for; null
 *     where it has none
 * @param name its name as the ecosystem writes it, such as {@code group:artifact}; not blank
 * @param requirement the version or range asked for, as declared
 * @param scope what it is needed for, in the ecosystem's words ({@code compile}, {@code dev}, …)
 * @param optional whether the package works without it
 */
public record Dependency(
    @Nullable String purl,
    String name,
    @Nullable String requirement,
    @Nullable String scope,
    boolean optional) {

  /** Checks. */
  public Dependency {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a dependency needs a name");
    }
    purl = PackageMetadata.checkPurl(purl);
    name = Text.wellFormed(name);
    requirement = Text.wellFormedOrNull(requirement);
    scope = Text.wellFormedOrNull(scope);
  }
}
