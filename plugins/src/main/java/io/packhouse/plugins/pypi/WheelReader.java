package io.packhouse.plugins.pypi;

import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Rfc822Headers;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads wheels (PEP 427) and eggs, which are zips with a folder of metadata at the top. */
final class WheelReader {

  private static final String DIST_INFO = ".dist-info";
  private static final int MAX_FOUND = 100_000;

  private final Facts facts;
  private final String stem;

  private WheelReader(Facts facts, String stem) {
    this.facts = facts;
    this.stem = stem;
  }

  /** A wheel; null where neither name nor contents are a wheel's. */
  static @Nullable PackageMetadata wheel(PackageFile file, String stem, ExtractionContext context)
      throws ExtractionException, IOException {
    Facts facts = new Facts(Facts.Kind.WHEEL, DistributionName.wheel(stem));
    WheelReader reader = new WheelReader(facts, stem);
    try {
      return reader.readWheel(context.archives().zip(file));
    } catch (ExtractionException e) {
      throw reader.explained(e);
    }
  }

  /** An egg, known by its name where it says nothing of itself; null where it does neither. */
  static @Nullable PackageMetadata egg(PackageFile file, String stem, ExtractionContext context)
      throws ExtractionException, IOException {
    Facts facts = new Facts(Facts.Kind.EGG, DistributionName.egg(stem));
    WheelReader reader = new WheelReader(facts, stem);
    try {
      return reader.readEgg(context.archives().zip(file));
    } catch (ExtractionException e) {
      throw reader.explained(e);
    }
  }

  private @Nullable PackageMetadata readWheel(ZipDirectory zip)
      throws ExtractionException, IOException {
    String folder = distInfo(zip);
    if (folder == null) {
      if (facts.named == null) {
        return null;
      }
      throw new ExtractionException("wheel has no .dist-info/METADATA at its top");
    }
    byte[] metadata = bytes(zip, folder + "/METADATA");
    facts.core = Rfc822Headers.parse(metadata == null ? new byte[0] : metadata);
    byte[] wheel = bytes(zip, folder + "/WHEEL");
    if (wheel != null) {
      facts.wheel = Rfc822Headers.parse(wheel);
    }
    addEggInfo(zip, folder);
    String path = folder + "/RECORD";
    byte[] record = bytes(zip, path);
    if (record != null && zip.size() <= RecordCheck.MAX_MEMBERS) {
      facts.record = RecordCheck.of(zip, path, record);
    }
    return PypiMetadata.of(facts);
  }

  /** The folder that fits the file name, or the only one. */
  private @Nullable String distInfo(ZipDirectory zip) throws ExtractionException, IOException {
    Set<String> found = new LinkedHashSet<>();
    for (ArchiveMember member : zip.find("", DIST_INFO + "/METADATA", MAX_FOUND)) {
      String folder = member.name().substring(0, member.name().lastIndexOf('/'));
      if (folder.indexOf('/') < 0) {
        found.add(folder);
      }
    }
    DistributionName named = facts.named;
    String expected = named == null ? stem : named.name() + "-" + named.version();
    for (String folder : found) {
      String project = folder.substring(0, folder.length() - DIST_INFO.length());
      if (DistributionName.same(project, expected)) {
        return folder;
      }
    }
    if (found.size() > 1) {
      throw new ExtractionException(
          "wheel has " + found.size() + " .dist-info folders, none of which fits its name");
    }
    return found.isEmpty() ? null : found.iterator().next();
  }

  private @Nullable PackageMetadata readEgg(ZipDirectory zip)
      throws ExtractionException, IOException {
    byte[] metadata = bytes(zip, "EGG-INFO/PKG-INFO");
    if (metadata != null) {
      facts.core = Rfc822Headers.parse(metadata);
    } else if (facts.named == null) {
      return null;
    }
    addEggInfo(zip, "EGG-INFO");
    return PypiMetadata.of(facts);
  }

  private void addEggInfo(ZipDirectory zip, String folder) throws ExtractionException, IOException {
    List<String> names =
        facts.kind == Facts.Kind.WHEEL
            ? List.of("entry_points.txt", "top_level.txt")
            : List.of("entry_points.txt", "top_level.txt", "requires.txt");
    for (String name : names) {
      byte[] bytes = bytes(zip, folder + "/" + name);
      if (bytes != null) {
        facts.addEggInfo(name, bytes);
      }
    }
  }

  private static byte @Nullable [] bytes(ZipDirectory zip, String name)
      throws ExtractionException, IOException {
    ArchiveMember member = zip.find(name);
    return member == null || member.kind() == ArchiveMember.Kind.DIRECTORY
        ? null
        : member.bytes(Limits.METADATA_BYTES);
  }

  /** With what is known nevertheless. */
  private ExtractionException explained(ExtractionException e) {
    try {
      return e.withPartial(PypiMetadata.of(facts));
    } catch (ExtractionException nameless) {
      return e;
    }
  }
}
