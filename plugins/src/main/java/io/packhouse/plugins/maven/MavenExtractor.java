package io.packhouse.plugins.maven;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes jars, wars, ears, aars, hpis, nars, poms and {@code maven-metadata.xml}.
 *
 * <p>Where the path is in the repository layout, the coordinates are that path's: they are what a
 * build resolves the file by. How they are told elsewhere says {@link JarIdentity}. A pom tells the
 * rest: a loose one itself, for a jar the one beside it in the layout, else the one embedded.
 */
public final class MavenExtractor implements PackageExtractor {

  private static final List<String> SUFFIXES =
      List.of(".jar", ".pom", ".war", ".ear", ".aar", ".hpi", ".jpi", ".nar");
  private static final String REPOSITORY_METADATA = "maven-metadata.xml";
  private static final Interest INTEREST =
      Interest.inSuffixes(
          ".jar", ".pom", ".war", ".ear", ".aar", ".hpi", ".jpi", ".nar", REPOSITORY_METADATA);
  private static final String POM = "pom";

  private final PomReader poms = new PomReader();

  /** For the service loader. */
  public MavenExtractor() {}

  @Override
  public String packageType() {
    return "maven";
  }

  @Override
  public String name() {
    return "maven";
  }

  @Override
  public List<ColumnSpec> columns() {
    return MavenColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    if (file.fileName().equals(REPOSITORY_METADATA)) {
      checkNotEmpty(file);
      return RepositoryMetadata.read(file, poms);
    }
    String extension = extension(file.path());
    if (extension == null) {
      return null;
    }
    MavenCoordinates layout = MavenLayout.parse(file.path(), extension);
    try {
      checkNotEmpty(file);
      return extension.equals(POM)
          ? describePom(file, layout, context)
          : describeJar(file, extension, layout, context);
    } catch (ExtractionException e) {
      throw layout == null || e.partial() != null
          ? e
          : e.withPartial(JarIdentity.start(layout, "layout").build());
    }
  }

  private @Nullable PackageMetadata describePom(
      PackageFile file, @Nullable MavenCoordinates layout, ExtractionContext context)
      throws ExtractionException, IOException {
    PomModel pom = poms.read(file);
    if (pom == null) {
      return layout == null ? null : JarIdentity.start(layout, "layout").build();
    }
    PackageMetadata.Builder target;
    PomFinder finder;
    if (layout == null) {
      target = JarIdentity.start(pom.coordinates(), POM);
      finder = PomFinder.none(poms, context);
    } else {
      MavenCoordinates confirmed = confirmed(layout, pom);
      MavenCoordinates best = confirmed == null ? layout : confirmed;
      target = JarIdentity.start(best, confirmed == null ? "layout" : "both");
      finder = PomFinder.inLayout(poms, context, best);
    }
    PomFacts.add(EffectivePom.of(pom, finder), target);
    return target.build();
  }

  private PackageMetadata describeJar(
      PackageFile file,
      String extension,
      @Nullable MavenCoordinates layout,
      ExtractionContext context)
      throws ExtractionException, IOException {
    PomFinder finder = PomFinder.none(poms, context);
    MavenCoordinates place = layout;
    PomModel beside = null;
    if (layout != null) {
      beside = finder.beside(layout.artifact() + "-" + layout.version() + ".pom");
      MavenCoordinates confirmed = beside == null ? null : confirmed(layout, beside);
      place = confirmed == null ? layout : confirmed;
      finder = PomFinder.inLayout(poms, context, place);
    }
    JarReader reader = new JarReader(poms, context);
    PackageMetadata metadata = reader.describe(file, extension, place, beside, finder);
    ExtractionException problem = reader.problems().found();
    if (problem != null) {
      throw problem.withPartial(metadata);
    }
    return metadata;
  }

  /** The layout's coordinates, the group as the pom has it, where the two agree; else null. */
  private static @Nullable MavenCoordinates confirmed(MavenCoordinates layout, PomModel pom) {
    PomValues own = new PomValues(List.of(pom));
    String group = own.resolveOrNull(pom.ownOrParentGroup());
    String version = own.resolveOrNull(pom.ownOrParentVersion());
    if (group == null || version == null || !MavenCoordinates.isId(group)) {
      return null;
    }
    boolean agrees =
        layout.artifact().equals(own.resolveOrNull(pom.artifact()))
            && (version.equals(layout.version()) || version.equals(layout.baseVersion()))
            && (layout.group().equals(group) || layout.group().endsWith("." + group));
    return agrees ? layout.withGroup(group) : null;
  }

  private static void checkNotEmpty(PackageFile file) throws ExtractionException {
    if (file.size() == 0) {
      throw new ExtractionException("file is empty");
    }
  }

  /** The extension of a file of interest, without its dot; null for others. */
  static @Nullable String extension(String path) {
    for (String suffix : SUFFIXES) {
      if (path.endsWith(suffix)) {
        // Jenkins takes both names for one thing.
        return suffix.equals(".jpi") ? "hpi" : suffix.substring(1);
      }
    }
    return null;
  }
}
