package io.packhouse.plugins.pypi;

import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Rfc822Headers;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads source distributions: tars and zips with {@code PKG-INFO} in the one folder at their top.
 *
 * <p>Tools of today write {@code PKG-INFO} last, and nothing but names tells an sdist from any
 * other tar of sources. So a tar whose folder has the name of the file is read on for as long as it
 * looks like an sdist: {@value #PROBE_BYTES} bytes for a first Python file, {@value #CODE_BYTES}
 * for {@code setup.py} or {@code pyproject.toml}, {@value #PROJECT_BYTES} for {@code PKG-INFO}. A
 * tar whose folder has another name has that in its first {@value #PROBE_MEMBERS} members, or not
 * at all.
 */
final class SdistReader {

  /** How far a tar is looked into for signs of an sdist. */
  static final long PROBE_BYTES = 4 << 20;

  /** How far it is looked into once there was Python code. */
  static final long CODE_BYTES = 64 << 20;

  /** How far it is read once there was a project of Python's tools. */
  static final long PROJECT_BYTES = 512 << 20;

  /** How many times slower bzip2 is: bounds but the first are that much nearer. */
  private static final int BZIP2_SHARE = 4;

  /** How many members of a renamed tar are looked at. */
  static final int PROBE_MEMBERS = 64;

  /** How far is read on behind {@code PKG-INFO} for requirements that it has no field for. */
  static final long READ_ON_BYTES = 128 << 20;

  private static final int MAX_FOUND = 10_000;
  private static final String PKG_INFO = "PKG-INFO";
  private static final String EGG_INFO = ".egg-info";
  private static final int TAR_HEADER = 512;

  private final String stem;
  private final Facts facts;
  private @Nullable String top;
  private boolean fits;
  private boolean hasCode;
  private boolean hasSetup;
  private boolean hasProject;
  private boolean hasCore;
  private boolean inEggInfo;

  private SdistReader(String stem) {
    this.stem = stem;
    this.facts = new Facts(Facts.Kind.SDIST, DistributionName.sdist(stem));
  }

  /** A tar within one compressed layer; null where it is no sdist. */
  static @Nullable PackageMetadata tar(PackageFile file, String stem, ExtractionContext context)
      throws ExtractionException, IOException {
    SdistReader reader = new SdistReader(stem);
    int share = file.path().endsWith("bz2") ? BZIP2_SHARE : 1;
    try (MemberStream members = context.archives().members(file)) {
      return reader.readTar(members, share) ? PypiMetadata.of(reader.facts) : null;
    } catch (ExtractionException e) {
      if (!reader.hasCore && !(reader.fits && reader.hasProject)) {
        // Damaged, but nobody knows what.
        return null;
      }
      throw e.withPartial(PypiMetadata.of(reader.facts));
    }
  }

  private boolean readTar(MemberStream members, int share) throws ExtractionException, IOException {
    long passed = 0;
    long coreEnd = 0;
    int count = 0;
    for (ArchiveMember member; (member = members.next()) != null; count++) {
      String name = member.name();
      int slash = name.indexOf('/');
      String folder = slash < 0 ? name : name.substring(0, slash);
      if (folder.startsWith("._")) {
        // What macOS's tar adds.
        continue;
      }
      if (top == null && !begin(folder)) {
        return false;
      }
      if (!folder.equals(top)) {
        if (!hasCore) {
          return false;
        }
        break;
      }
      boolean isFile = member.kind() == ArchiveMember.Kind.FILE;
      if (slash >= 0 && !look(name.substring(slash + 1), isFile ? member : null)) {
        break;
      }
      passed += TAR_HEADER + Math.max(0, member.size());
      if (hasCore) {
        coreEnd = coreEnd == 0 ? passed : coreEnd;
        if (isComplete() || passed - coreEnd > READ_ON_BYTES / share) {
          break;
        }
      } else if (passed > bound(share) || (!fits && count >= PROBE_MEMBERS)) {
        break;
      }
    }
    return hasCore || (fits && hasSetup);
  }

  private long bound(int share) {
    if (!fits || !hasCode) {
      return PROBE_BYTES;
    }
    return (hasProject ? PROJECT_BYTES : CODE_BYTES) / share;
  }

  /** Whether an sdist may begin with this folder. */
  private boolean begin(String folder) {
    top = folder;
    fits = facts.named != null && DistributionName.same(folder, stem);
    DistributionName named = DistributionName.sdist(folder);
    facts.named = named;
    return named != null;
  }

  /**
   * Takes in a member of the top folder.
   *
   * @param member null where it is no file
   * @return whether to go on
   */
  private boolean look(String path, @Nullable ArchiveMember member)
      throws ExtractionException, IOException {
    hasCode |= path.endsWith(".py");
    hasSetup |= path.equals("setup.py");
    hasProject |= hasSetup || path.equals("pyproject.toml");
    String eggInfo = eggInfo(path);
    if (eggInfo == null && inEggInfo && hasCore) {
      return false;
    }
    if (member == null) {
      return true;
    }
    if (path.equals(PKG_INFO)) {
      core(member);
    } else if (eggInfo != null) {
      inEggInfo = true;
      if (isRead(eggInfo)) {
        facts.addEggInfo(eggInfo, member.bytes(Limits.METADATA_BYTES));
      }
    }
    return true;
  }

  private void core(ArchiveMember member) throws ExtractionException, IOException {
    Rfc822Headers headers = Rfc822Headers.parse(member.bytes(Limits.METADATA_BYTES));
    if (headers.first("metadata-version") != null || headers.first("name") != null) {
      facts.core = headers;
      hasCore = true;
    }
  }

  private static boolean isRead(String eggInfo) {
    return eggInfo.equals("requires.txt")
        || eggInfo.equals("entry_points.txt")
        || eggInfo.equals("top_level.txt");
  }

  /** The name within the project's egg-info folder; null for a member of another. */
  private @Nullable String eggInfo(String path) {
    int slash = path.lastIndexOf('/');
    if (slash < EGG_INFO.length() || !path.startsWith(EGG_INFO, slash - EGG_INFO.length())) {
      return null;
    }
    String project =
        path.substring(path.lastIndexOf('/', slash - 1) + 1, slash - EGG_INFO.length());
    DistributionName folder = top == null ? null : DistributionName.sdist(top);
    return folder != null && DistributionName.same(project, folder.name())
        ? path.substring(slash + 1)
        : null;
  }

  /**
   * Whether nothing behind the core metadata could add a requirement: they are there, or they are
   * known to be none since version 2.2, which names the fields that are not final.
   */
  private boolean isComplete() {
    if (!facts.core.all("requires-dist").isEmpty()) {
      return true;
    }
    String version = facts.core.first("metadata-version");
    return version != null
        && !version.startsWith("1.")
        && !version.equals("2.0")
        && !version.equals("2.1")
        && facts.core.all("dynamic").stream().noneMatch("requires-dist"::equalsIgnoreCase);
  }

  /** A zip; null where it is no sdist. */
  static @Nullable PackageMetadata zip(PackageFile file, String stem, ExtractionContext context)
      throws ExtractionException, IOException {
    SdistReader reader = new SdistReader(stem);
    ZipDirectory zip;
    String folder;
    try {
      zip = context.archives().zip(file);
      folder = reader.folder(zip);
    } catch (ExtractionException e) {
      // Damaged, but nobody knows what.
      return null;
    }
    if (folder == null) {
      return null;
    }
    try {
      reader.readZip(zip, folder);
    } catch (ExtractionException e) {
      throw e.withPartial(PypiMetadata.of(reader.facts));
    }
    return reader.hasCore || reader.hasSetup ? PypiMetadata.of(reader.facts) : null;
  }

  private @Nullable String folder(ZipDirectory zip) throws ExtractionException, IOException {
    if (zip.find(stem + "/" + PKG_INFO) != null) {
      return stem;
    }
    List<ArchiveMember> found =
        zip.find("", "/" + PKG_INFO, MAX_FOUND).stream()
            .filter(member -> member.name().indexOf('/') == member.name().lastIndexOf('/'))
            .toList();
    if (found.size() == 1) {
      String name = found.getFirst().name();
      String folder = name.substring(0, name.indexOf('/'));
      return DistributionName.sdist(folder) == null ? null : folder;
    }
    hasSetup = facts.named != null && zip.find(stem + "/setup.py") != null;
    return hasSetup ? stem : null;
  }

  private void readZip(ZipDirectory zip, String folder) throws ExtractionException, IOException {
    begin(folder);
    ArchiveMember core = zip.find(folder + "/" + PKG_INFO);
    if (core != null) {
      core(core);
    }
    for (ArchiveMember member : zip.find(folder + "/", ".txt", MAX_FOUND)) {
      String eggInfo = eggInfo(member.name().substring(folder.length() + 1));
      if (eggInfo != null && isRead(eggInfo)) {
        facts.addEggInfo(eggInfo, member.bytes(Limits.METADATA_BYTES));
      }
    }
  }
}
