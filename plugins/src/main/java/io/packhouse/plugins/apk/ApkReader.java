package io.packhouse.plugins.apk;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the signature and control segments, which together with the data segment inflate to one
 * tar, up to the first member that is of neither. For one thread and one file.
 */
final class ApkReader {

  private static final Set<String> SCRIPTS =
      Set.of(
          ".pre-install",
          ".post-install",
          ".pre-upgrade",
          ".post-upgrade",
          ".pre-deinstall",
          ".post-deinstall",
          ".trigger");

  private static final String SIGNATURE = ".SIGN.";
  private static final String INFO = ".PKGINFO";
  private static final int MAX_INFO_BYTES = 4 << 20;
  private static final int MAX_SCRIPT_BYTES = 4 << 20;
  private static final int MAX_MEMBERS = 64;

  private final ArchiveOpener opener;
  private final List<String> signatures = new ArrayList<>();
  private final List<String> scripts = new ArrayList<>();
  private @Nullable PkgInfo info;

  ApkReader(ArchiveOpener opener) {
    this.opener = opener;
  }

  /**
   * Reads.
   *
   * @return false where it is another tar
   */
  boolean read(PackageFile file) throws ExtractionException, IOException {
    try (MemberStream members = opener.members(file)) {
      int count = 0;
      for (ArchiveMember member = members.next(); member != null; member = members.next()) {
        String name = member.name();
        if (name.startsWith(SIGNATURE) && info == null) {
          signatures.add(name.substring(SIGNATURE.length()));
        } else if (name.equals(INFO) && info == null) {
          info = PkgInfo.parse(member.bytes(MAX_INFO_BYTES));
        } else if (SCRIPTS.contains(name) && info != null) {
          scripts.add(name.substring(1));
        } else {
          break;
        }
        if (++count > MAX_MEMBERS) {
          throw new ExtractionException("more than " + MAX_MEMBERS + " members before the data");
        }
        if (member.size() > MAX_SCRIPT_BYTES) {
          throw new ExtractionException(
              "control member "
                  + name.replaceAll("\\p{Cntrl}", "?")
                  + " is larger than the limit"
                  + " of "
                  + MAX_SCRIPT_BYTES
                  + " bytes: "
                  + member.size());
        }
      }
    } catch (ExtractionIOException e) {
      throw e.damage();
    }
    if (info == null && !signatures.isEmpty()) {
      throw new ExtractionException("package has no .PKGINFO after its signature");
    }
    return info != null;
  }

  boolean hasInfo() {
    return info != null;
  }

  PkgInfo info() {
    if (info == null) {
      throw new IllegalStateException(".PKGINFO was not read");
    }
    return info;
  }

  /** Kinds and key names, such as {@code RSA.someone@example.org-1234.rsa.pub}. */
  List<String> signatures() {
    return signatures;
  }

  /** Names without their dots. */
  List<String> scripts() {
    return scripts;
  }
}
