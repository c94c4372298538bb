package io.packhouse.plugins.generic;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads files that lie beside packages: checksums, signatures, attestations, SBOMs, lock files and
 * git bundles. Their rows have no purl: they are no packages.
 */
public final class GenericExtractor implements PackageExtractor {

  private static final List<String> CHECKSUMS =
      List.of(".sha1", ".sha256", ".sha384", ".sha512", ".md5");
  private static final List<String> LISTS =
      List.of("SUMS", "SUMS.txt", "sums.txt", "sum.txt", "SUMS256.txt");
  private static final List<String> SIGNATURES = List.of(".asc", ".sig");
  private static final List<String> ATTESTATIONS =
      List.of(".publish.attestation", ".attestation", ".provenance", ".sigstore.json", ".sigstore");
  private static final List<String> SBOMS =
      List.of(
          ".cdx.json",
          ".cdx.xml",
          "bom.json",
          "bom.xml",
          "-cyclonedx.json",
          "-cyclonedx.xml",
          ".spdx",
          ".spdx.json");
  private static final List<String> LOCKS =
      List.of(
          ".lock",
          "package-lock.json",
          "npm-shrinkwrap.json",
          "pnpm-lock.yaml",
          "go.sum",
          "gradle.lockfile",
          "packages.lock.json");
  private static final String BUNDLE = ".bundle";

  // By suffixes alone: a glob would cost every file of a tree a match of its whole path.
  private static final Interest INTEREST = interestInAll();

  /** For the service loader. */
  public GenericExtractor() {}

  private static Interest interestInAll() {
    List<String> suffixes = new ArrayList<>();
    for (List<String> some : List.of(CHECKSUMS, LISTS, SIGNATURES, ATTESTATIONS, SBOMS, LOCKS)) {
      suffixes.addAll(some);
    }
    suffixes.add(BUNDLE);
    return new Interest(suffixes, List.of(), List.of());
  }

  @Override
  public String packageType() {
    return "generic";
  }

  @Override
  public String name() {
    return "generic";
  }

  @Override
  public List<ColumnSpec> columns() {
    return GenericColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    String name = file.fileName();
    PackageMetadata.Builder target = PackageMetadata.builder(GenericColumns.ALL);
    Subject subject = new Subject(file, context);
    String suffix = suffix(name, CHECKSUMS);
    if (suffix != null) {
      return new Checksums(subject, target).one(suffix);
    }
    suffix = suffix(name, SIGNATURES);
    if (suffix != null) {
      return Signatures.read(subject, suffix, target);
    }
    suffix = suffix(name, ATTESTATIONS);
    if (suffix != null) {
      return Attestations.read(subject, suffix, target);
    }
    if (suffix(name, LOCKS) != null) {
      return LockFiles.read(file, target);
    }
    if (suffix(name, SBOMS) != null) {
      return Sboms.read(subject, target);
    }
    if (suffix(name, LISTS) != null) {
      return new Checksums(subject, target).list();
    }
    return name.endsWith(BUNDLE) ? GitBundles.read(file, target) : null;
  }

  private static @Nullable String suffix(String name, List<String> suffixes) {
    for (String suffix : suffixes) {
      if (name.endsWith(suffix)) {
        return suffix;
      }
    }
    return null;
  }
}
