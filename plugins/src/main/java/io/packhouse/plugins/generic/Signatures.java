package io.packhouse.plugins.generic;

import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Detached signatures: what they are and belong to. None is checked. */
final class Signatures {

  private static final int HEAD = 4_096;

  /** A DER or raw signature in base64, as cosign writes beside blobs. */
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/\\s]{40,}={0,2}\\s*");

  private Signatures() {}

  /**
   * Describes a file named as a signature.
   *
   * @return null where it is none, such as AsciiDoc in {@code .asc}
   */
  static @Nullable PackageMetadata read(
      Subject subject, String suffix, PackageMetadata.Builder target) throws IOException {
    String format = format(subject.file());
    if (format == null) {
      return null;
    }
    boolean key = format.endsWith("-key");
    target
        .column(GenericColumns.KIND, key ? "public-key" : "signature")
        .column(GenericColumns.FORMAT, key ? format.substring(0, format.length() - 4) : format);
    String name = subject.nameWithout(suffix);
    if (!key && name != null && !format.endsWith("-cleartext")) {
      target.column(GenericColumns.BELONGS_TO, subject.path(name));
    }
    return target.build();
  }

  private static @Nullable String format(PackageFile file) throws IOException {
    byte[] bytes = new byte[(int) Math.min(HEAD, file.size())];
    ByteBuffer slice = file.slice(0, bytes.length);
    slice.get(bytes);
    if (bytes.length == 0) {
      return null;
    }
    String head = new String(bytes, StandardCharsets.ISO_8859_1);
    if (head.contains("-----BEGIN PGP SIGNATURE-----")) {
      return head.contains("-----BEGIN PGP SIGNED MESSAGE-----")
          ? "openpgp-cleartext"
          : "openpgp-armored";
    }
    if (head.contains("-----BEGIN PGP SIGNED MESSAGE-----")) {
      return "openpgp-cleartext";
    }
    if (head.contains("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
      return "openpgp-armored-key";
    }
    if (head.startsWith("-----BEGIN SSH SIGNATURE-----")) {
      return "ssh";
    }
    if (head.startsWith("untrusted comment:")) {
      return "minisign";
    }
    return isPacket(bytes[0] & 0xFF)
        ? "openpgp"
        : file.size() <= HEAD && BASE64.matcher(head).matches() ? "base64" : null;
  }

  /** Whether a byte begins an OpenPGP packet with tag 2, in either form (RFC 9580, 4.2). */
  private static boolean isPacket(int first) {
    return first == 0xC2 || (first >= 0x88 && first <= 0x8A);
  }
}
