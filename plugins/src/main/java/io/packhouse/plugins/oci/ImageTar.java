package io.packhouse.plugins.oci;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The small documents of a tar with images in it. The tar is gone through once, since which blobs
 * are wanted may be told at its end: whatever is small and begins as JSON is kept, up to a bound.
 */
final class ImageTar implements BlobSource {

  private static final int MAX_KEPT_BYTES = 32 << 20;
  private static final int MAX_KEPT = 10_000;

  /** What the tars of images have members of, and few other tars begin with. */
  private static final Pattern NAME =
      Pattern.compile(
          "blobs(?:/.*)?|index\\.json|oci-layout|manifest\\.json|repositories"
              + "|(?:sha256:)?[0-9a-f]{64}(?:[./].*)?");

  private final Map<String, byte[]> documents = new HashMap<>();
  private int keptBytes;
  private boolean blobsSeen;
  private @Nullable ExtractionException damage;

  private ImageTar() {}

  /**
   * Goes through a tar, up to the first member that no image has.
   *
   * @return null where it has such, or is no tar
   */
  static @Nullable ImageTar read(PackageFile file, ExtractionContext context) throws IOException {
    ImageTar tar = new ImageTar();
    try (MemberStream members = context.archives().members(file)) {
      for (ArchiveMember member = members.next(); member != null; member = members.next()) {
        String name = member.name();
        if (name.isEmpty() && member.kind() == ArchiveMember.Kind.DIRECTORY) {
          continue; // "./"
        }
        if (name.length() > 1_000 || !NAME.matcher(name).matches()) {
          return null;
        }
        tar.add(member, name);
      }
    } catch (ExtractionException e) {
      tar.damage = e;
    }
    return tar.blobsSeen || !tar.documents.isEmpty() ? tar : null;
  }

  private void add(ArchiveMember member, String name) throws ExtractionException, IOException {
    blobsSeen |= name.startsWith("blobs/sha256/");
    long size = member.size();
    boolean small = size >= 0 && size <= Math.min(MAX_DOCUMENT_BYTES, MAX_KEPT_BYTES - keptBytes);
    if (member.kind() != ArchiveMember.Kind.FILE || !small || documents.size() == MAX_KEPT) {
      return;
    }
    byte[] bytes = member.bytes(MAX_DOCUMENT_BYTES);
    if (bytes.length > 0 && (bytes[0] == '{' || bytes[0] == '[')) {
      keptBytes += bytes.length;
      documents.put(name, bytes);
    }
  }

  /** What ended the way through the tar early; null for nothing. */
  @Nullable ExtractionException damage() {
    return damage;
  }

  @Override
  public byte @Nullable [] document(String name) {
    return documents.get(name);
  }
}
