package io.packhouse.plugins.pypi;

import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Rfc822Headers;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads wheels (PEP 427) and eggs, which are zips with a folder of metadata at the top. */
final class WheelReader {

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
    DistributionName named = facts.named;
    DistInfos folders = DistInfos.of(zip);
    String folder = folders.own(named == null ? stem : named.name() + "-" + named.version());
    if (folder == null) {
      if (named == null) {
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
    for (String vendored : folders.vendored()) {
      addVendored(zip, vendored, facts);
    }
    String path = folder + "/RECORD";
    byte[] record = bytes(zip, path);
    if (record != null && zip.size() <= RecordCheck.MAX_MEMBERS) {
      facts.record = RecordCheck.of(zip, path, record);
    }
    return PypiMetadata.of(facts);
  }

  /** What a project that the wheel brings along says of itself. */
  private static void addVendored(ZipDirectory zip, String folder, Facts facts)
      throws ExtractionException, IOException {
    Facts vendored =
        new Facts(Facts.Kind.INSTALLED, DistributionName.sdist(DistInfos.project(folder)));
    byte[] metadata = bytes(zip, folder + "/METADATA");
    vendored.core = Rfc822Headers.parse(metadata == null ? new byte[0] : metadata);
    if (vendored.named != null || vendored.core.first("name") != null) {
      facts.nested.add(new NestedPackage(folder, PypiMetadata.of(vendored)));
    }
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
