package io.packhouse.plugins.maven;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Describes a jar and all packages in it. For one extraction. */
final class JarReader {

  /** Rows that a file may become; hosts have such a limit too, and drop everything beyond it. */
  private static final int MAX_NESTED = 20_000;

  private final PomReader poms;
  private final ExtractionContext context;
  private final Problems problems = new Problems();
  private final MetadataRoom room = new MetadataRoom();
  private int nestedCount;

  JarReader(PomReader poms, ExtractionContext context) {
    this.poms = poms;
    this.context = context;
  }

  /** What is wrong within the file. */
  Problems problems() {
    return problems;
  }

  /**
   * Describes a jar that lies in a tree.
   *
   * @param layout its coordinates by the repository layout, null where it lies elsewhere
   * @param beside its pom in the same directory, null where there is none
   * @param related finds the parents of its pom
   * @throws ExtractionException where it is no zip
   */
  PackageMetadata describe(
      PackageFile jar,
      String extension,
      @Nullable MavenCoordinates layout,
      @Nullable PomModel beside,
      PomFinder related)
      throws ExtractionException, IOException {
    return describe(jar, extension, layout, beside, related, "");
  }

  private PackageMetadata describe(
      PackageFile jar,
      String extension,
      @Nullable MavenCoordinates layout,
      @Nullable PomModel beside,
      PomFinder related,
      String where)
      throws ExtractionException, IOException {
    ZipDirectory zip = context.archives().zip(jar);
    JarScan scan = new JarScan(zip.size());
    zip.visit(scan);
    JarManifest manifest = JarFacts.manifest(scan, problems);
    Map<String, PomProperties> properties = new HashMap<>();
    for (ArchiveMember member : scan.pomProperties) {
      PomProperties read = problems.attempt(where, () -> PomProperties.read(member));
      if (read != null) {
        properties.put(read.directory(), read);
      }
    }
    Map<String, ArchiveMember> embedded = new HashMap<>();
    for (ArchiveMember member : scan.poms) {
      embedded.put(PomProperties.directory(member), member);
    }
    JarIdentity identity =
        new JarIdentity(jar.fileName(), extension, scan, manifest, properties, embedded, this::read)
            .find(layout);
    PackageMetadata.Builder target = identity.start();
    PomModel pom = beside == null ? embeddedPom(identity, embedded) : beside;
    if (pom != null) {
      PomFacts.add(EffectivePom.of(pom, related), target);
    }
    JarFacts.add(scan, manifest, problems, target);
    Set<String> taken = new HashSet<>();
    addShaded(identity, scan, properties, embedded, target, taken);
    addArchives(scan, target, taken, where);
    PackageMetadata metadata = target.build();
    if (room.take(metadata) || metadata.nested().isEmpty()) {
      return metadata;
    }
    // What lies in it has used up the room.
    PackageMetadata.Builder least = identity.start();
    metadata.nested().forEach(least::addNested);
    return least.build();
  }

  private @Nullable PomModel read(ArchiveMember member) throws IOException {
    return problems.attempt("", () -> poms.read(member.file(member.name())));
  }

  private @Nullable PomModel embeddedPom(JarIdentity identity, Map<String, ArchiveMember> embedded)
      throws IOException {
    PomModel pom = identity.pom();
    ArchiveMember inside = pom == null ? embedded.get(identity.directory()) : null;
    return inside == null ? pom : read(inside);
  }

  /** The packages whose descriptors were left in the jar when they were shaded into it. */
  private void addShaded(
      JarIdentity identity,
      JarScan scan,
      Map<String, PomProperties> properties,
      Map<String, ArchiveMember> embedded,
      PackageMetadata.Builder target,
      Set<String> taken)
      throws IOException {
    List<ArchiveMember> all = new ArrayList<>(scan.pomProperties);
    all.addAll(scan.poms);
    for (ArchiveMember member : all) {
      String directory = PomProperties.directory(member);
      String inner = InnerPaths.of(directory);
      if (directory.equals(identity.directory()) || inner == null || !taken.add(inner)) {
        continue;
      }
      PomProperties stated = properties.get(directory);
      ArchiveMember pomMember = embedded.get(directory);
      PomModel pom = pomMember == null ? null : read(pomMember);
      MavenCoordinates coordinates =
          stated != null
              ? stated.coordinates("", "jar")
              : pom == null ? null : problems.attempt("", pom::coordinates);
      if (coordinates == null || !mayAdd()) {
        continue;
      }
      PackageMetadata.Builder nested =
          JarIdentity.start(
              new MavenCoordinates(
                  coordinates.group(),
                  coordinates.artifact(),
                  coordinates.version(),
                  null,
                  null,
                  "jar"),
              stated != null ? "pom.properties" : "pom");
      if (pom != null) {
        PomFacts.add(EffectivePom.of(pom, PomFinder.none(poms, context)), nested);
      }
      PackageMetadata built = nested.build();
      if (room.take(built)) {
        target.addNested(new NestedPackage(inner, built));
      }
    }
  }

  private void addArchives(
      JarScan scan, PackageMetadata.Builder target, Set<String> taken, String where)
      throws IOException {
    if (scan.archivesLeftOut) {
      problems.note(
          where,
          new ExtractionException("more nested archives than the limit of " + JarScan.MAX_MEMBERS));
    }
    for (ArchiveMember member : scan.archives) {
      String inner = InnerPaths.free(InnerPaths.of(member.name()), taken);
      if (inner == null || !mayAdd()) {
        continue;
      }
      String path = where.isEmpty() ? inner : where + "!/" + inner;
      String extension = MavenExtractor.extension(inner);
      String kind = extension == null ? inner.substring(inner.lastIndexOf('.') + 1) : extension;
      PackageMetadata nested =
          problems.attempt(
              path,
              () ->
                  describe(
                      member.file(inner), kind, null, null, PomFinder.none(poms, context), path));
      if (nested == null) {
        // Its name may be all that there is to be found by.
        nested = JarIdentity.named(inner, kind).build();
      }
      target.addNested(new NestedPackage(inner, nested));
    }
  }

  private boolean mayAdd() {
    if (room.isFull() || nestedCount == MAX_NESTED) {
      if (nestedCount <= MAX_NESTED) {
        nestedCount = MAX_NESTED + 1;
        problems.note(
            "",
            new ExtractionException(
                room.isFull()
                    ? "more metadata than the limit of " + MetadataRoom.MAX_SIZE + " characters"
                    : "more nested packages than the limit of " + MAX_NESTED));
      }
      return false;
    }
    if (nestedCount > MAX_NESTED) {
      return false;
    }
    nestedCount++;
    return true;
  }
}
