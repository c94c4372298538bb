package io.packhouse.plugins.cargo;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a crate's archive has of interest. It is read to its end, since only then a damaged one
 * shows, and since older manifests leave it to the files what targets there are. One thread.
 */
final class CrateFiles {

  private static final int MAX_VCS_INFO = 64 << 10;

  /** Files whose presence tells something, by their path within the crate directory. */
  private static final Set<String> TELLING =
      Set.of("build.rs", "src/lib.rs", "src/main.rs", "Cargo.lock", "Cargo.toml.orig");

  private final Set<String> present = new HashSet<>();
  private @Nullable String directory;
  private byte @Nullable [] manifest;
  private byte @Nullable [] vcsInfo;
  private @Nullable ExtractionException damage;

  private CrateFiles() {}

  /** Reads all that can be read; what went wrong is {@link #damage}. */
  static CrateFiles read(PackageFile file, ExtractionContext context) throws IOException {
    CrateFiles files = new CrateFiles();
    try {
      if (context.archives().detect(file) != ArchiveFormat.GZIP) {
        throw new ExtractionException("is no gzip stream, as crates are");
      }
      try (MemberStream members = context.archives().members(file)) {
        for (ArchiveMember member = members.next(); member != null; member = members.next()) {
          files.take(member);
        }
      }
    } catch (ExtractionException e) {
      files.damage = e;
    } catch (ExtractionIOException e) {
      files.damage = e.damage();
    }
    return files;
  }

  private void take(ArchiveMember member) throws ExtractionException, IOException {
    String name = member.name();
    int slash = name.indexOf('/');
    if (slash <= 0 || member.kind() != ArchiveMember.Kind.FILE) {
      return;
    }
    String in = name.substring(0, slash);
    if (directory == null) {
      directory = in;
    } else if (!directory.equals(in)) {
      return;
    }
    String path = name.substring(slash + 1);
    if (path.equals("Cargo.toml") && manifest == null) {
      manifest = member.bytes(Limits.METADATA_BYTES);
    } else if (path.equals(".cargo_vcs_info.json") && vcsInfo == null) {
      // Too large a one is none of Cargo's; the crate is readable without.
      vcsInfo = member.size() <= MAX_VCS_INFO ? member.bytes(MAX_VCS_INFO) : null;
    } else if (TELLING.contains(path)) {
      present.add(path);
    }
  }

  /** The crate directory's name, null where the archive has no file in one. */
  @Nullable String directory() {
    return directory;
  }

  byte @Nullable [] manifest() {
    return manifest;
  }

  byte @Nullable [] vcsInfo() {
    return vcsInfo;
  }

  /** Whether there is such a file, one of {@link #TELLING}. */
  boolean has(String path) {
    return present.contains(path);
  }

  /** What ended the reading early; null where the archive is sound. */
  @Nullable ExtractionException damage() {
    return damage;
  }
}
