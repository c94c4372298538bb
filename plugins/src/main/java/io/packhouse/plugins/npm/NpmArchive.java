package io.packhouse.plugins.npm;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the members of a tarball once, until the manifest was found and {@value #READ_ON_BYTES}
 * bytes behind it, or to its end where the manifest says that more is to be found there. A later
 * manifest takes the place of an earlier one, as it does when npm unpacks. For one thread.
 *
 * <p>npm takes the first directory off every path, so whatever that is called, a manifest lies
 * right in it. Links and what has {@code ..} in its name are not unpacked by npm and not seen here.
 */
final class NpmArchive {

  /** Of a manifest; npm's registry takes far smaller ones. */
  private static final int MAX_MANIFEST = 4 << 20;

  private static final int MAX_BUNDLED = 5_000;
  private static final long MAX_BUNDLED_BYTES = 32L << 20;

  /** How far to look for the manifest of what may be no package at all. */
  private static final int MAX_MEMBERS_UNSURE = 64;

  private static final long MAX_BYTES_UNSURE = 4 << 20;

  /**
   * How far to read on behind the manifest, which is the end of nine tarballs in ten. To inflate
   * the others would take most of the time, and what is sought there is in few.
   */
  static final long READ_ON_BYTES = 256 << 10;

  private static final int TAR_HEADER = 512;

  private static final String MANIFEST = "package.json";
  private static final String MODULES = "node_modules";

  /** What was found in a directory that is a package. Its fields are the archive's to set. */
  static final class Contents {
    byte @Nullable [] manifest;
    boolean gyp;
    boolean shrinkwrap;
  }

  private final Contents top = new Contents();
  private final Map<String, Contents> bundled = new LinkedHashMap<>();
  private boolean sure;
  private @Nullable String topName;
  private @Nullable String manifestName;
  private long files;
  private long bytes;
  private long bundledBytes;
  private long readOn;
  private boolean readsAll;
  private boolean complete;
  private @Nullable ExtractionException damage;

  /**
   * @param sure whether the file's path says that it is an npm package
   */
  NpmArchive(boolean sure) {
    this.sure = sure;
  }

  /** What lies in the top directory. */
  Contents top() {
    return top;
  }

  /** What lies in the directories of bundled packages, by their paths, in the archive's order. */
  Map<String, Contents> bundled() {
    return bundled;
  }

  /** How many files there are. */
  long files() {
    return files;
  }

  /** The sum of their lengths. */
  long bytes() {
    return bytes;
  }

  /** Whether path or top directory say that it is an npm package. */
  boolean isSure() {
    return sure;
  }

  /** Whether all members were seen. */
  boolean isComplete() {
    return complete;
  }

  /** The damage that ended {@link #read} early, or null. */
  @Nullable ExtractionException damage() {
    return damage;
  }

  /**
   * Reads the archive. Damage is kept in {@link #damage}.
   *
   * @return whether it may be an npm package
   * @throws IOException where reading the file fails
   */
  boolean read(PackageFile file, ExtractionContext context) throws IOException {
    try (MemberStream members = context.archives().members(file)) {
      int seen = 0;
      for (ArchiveMember member = members.next(); member != null; member = members.next()) {
        if (!accept(member) || (!sure && top.manifest == null && ++seen == MAX_MEMBERS_UNSURE)) {
          return false;
        }
        if (!goesOn(member)) {
          return true;
        }
      }
      complete = true;
    } catch (ExtractionException e) {
      damage = e;
    }
    return sure || top.manifest != null;
  }

  /** Whether to go over a member that was not read, which inflates it, to see what is behind it. */
  private boolean goesOn(ArchiveMember member) {
    byte[] manifest = top.manifest;
    // What may be no npm package shows that at its end: a PKG-INFO is often the last member.
    if (manifest == null || readsAll || !sure) {
      return true;
    }
    readOn += TAR_HEADER + (member.name().equals(manifestName) ? 0 : Math.max(0, member.size()));
    if (readOn <= READ_ON_BYTES) {
      return true;
    }
    readsAll = NpmManifest.hintsAtMore(manifest);
    return readsAll;
  }

  /** Takes what is of use; false where the archive turns out to be something else. */
  private boolean accept(ArchiveMember member) throws ExtractionException, IOException {
    String name = member.name();
    int slash = name.indexOf('/');
    String first = slash < 0 ? name : name.substring(0, slash);
    if (topName == null) {
      topName = first;
      sure |= first.equals("package");
    }
    if (member.kind() != ArchiveMember.Kind.FILE) {
      return true;
    }
    if (!sure && (!first.equals(topName) || slash < 0)) {
      return false;
    }
    long size = member.size();
    files++;
    bytes += size;
    if (!sure && top.manifest == null && bytes > MAX_BYTES_UNSURE) {
      return false;
    }
    if (slash < 0 || isUnsafe(name)) {
      return true;
    }
    int last = name.lastIndexOf('/');
    String fileName = name.substring(last + 1);
    if (last == slash) {
      if (!sure && (fileName.equals("PKG-INFO") || fileName.equals("Chart.yaml"))) {
        return false;
      }
      take(member, fileName, top);
      if (fileName.equals(MANIFEST)) {
        manifestName = name;
        readOn = 0;
      }
    } else if (name.startsWith(MODULES + "/", slash + 1) && isKept(fileName)) {
      String directory = name.substring(0, last);
      if (isBundled(directory, slash + 1)) {
        if (bundled.size() == MAX_BUNDLED && !bundled.containsKey(directory)) {
          throw new ExtractionException("bundles more than " + MAX_BUNDLED + " packages");
        }
        bundledBytes += size;
        if (bundledBytes > MAX_BUNDLED_BYTES) {
          throw new ExtractionException(
              "manifests of bundled packages are larger than " + MAX_BUNDLED_BYTES + " bytes");
        }
        take(member, fileName, bundled.computeIfAbsent(directory, key -> new Contents()));
      }
    }
    return true;
  }

  private static void take(ArchiveMember member, String fileName, Contents contents)
      throws ExtractionException, IOException {
    switch (fileName) {
      case MANIFEST -> contents.manifest = member.bytes(MAX_MANIFEST);
      case "binding.gyp" -> contents.gyp = true;
      case "npm-shrinkwrap.json" -> contents.shrinkwrap = true;
      default -> {}
    }
  }

  private static boolean isKept(String fileName) {
    return switch (fileName) {
      case MANIFEST, "binding.gyp", "npm-shrinkwrap.json" -> true;
      default -> false;
    };
  }

  /** Whether from {@code from} on there is nothing but node_modules and names, in turns. */
  private static boolean isBundled(String directory, int from) {
    int at = from;
    while (directory.startsWith(MODULES + "/", at)) {
      at += MODULES.length() + 1;
      int end = directory.indexOf('/', at);
      if (directory.startsWith("@", at) && end >= 0) {
        end = directory.indexOf('/', end + 1);
      }
      if (end < 0) {
        return at < directory.length();
      }
      at = end + 1;
    }
    return false;
  }

  private static boolean isUnsafe(String name) {
    return name.startsWith("/")
        || name.startsWith("../")
        || name.endsWith("/..")
        || name.contains("/../")
        || name.contains("//");
  }
}
