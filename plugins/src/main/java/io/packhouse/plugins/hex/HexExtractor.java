package io.packhouse.plugins.hex;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads Hex packages. A tar whose first member is none of theirs is refused after that one. */
public final class HexExtractor implements PackageExtractor {

  private static final String TYPE = "hex";
  private static final Interest INTEREST =
      new Interest(List.of(".tar"), List.of(), List.of(new Interest.Magic(257, "7573746172")));
  private static final String METADATA = "metadata.config";
  private static final String CONTENTS = "contents.tar.gz";
  private static final Set<String> MEMBERS = Set.of("VERSION", "CHECKSUM", METADATA, CONTENTS);
  private static final int MAX_SMALL = 1_024;

  /** For the service loader. */
  public HexExtractor() {}

  @Override
  public String packageType() {
    return TYPE;
  }

  @Override
  public String name() {
    return TYPE;
  }

  @Override
  public List<ColumnSpec> columns() {
    return HexMetadata.COLUMNS;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    if (!file.path().endsWith(".tar") || context.archives().detect(file) != ArchiveFormat.TAR) {
      return null;
    }
    Map<String, PackageFile> members = new HashMap<>();
    ExtractionException damage = null;
    try (MemberStream stream = context.archives().members(file)) {
      for (ArchiveMember member = stream.next(); member != null; member = stream.next()) {
        if (!MEMBERS.contains(member.name())) {
          return null;
        }
        members.putIfAbsent(member.name(), member.file(member.name()));
      }
      // A cut within a header looks like the end to readers of tars.
      if (!members.isEmpty() && file.size() % 512 != 0) {
        throw new ExtractionException("package ends within a block of its tar, at " + file.size());
      }
    } catch (ExtractionException e) {
      damage = e;
    } catch (ExtractionIOException e) {
      damage = e.damage();
    }
    if (members.isEmpty()) {
      return null;
    }
    PackageFile config = members.get(METADATA);
    if (config == null) {
      throw damage == null ? new ExtractionException("package has no metadata.config") : damage;
    }
    PackageMetadata.Builder builder =
        HexMetadata.metadata(ErlangTerms.parse(bytes(config, Limits.METADATA_BYTES, METADATA)));
    if (damage == null && !members.containsKey(CONTENTS)) {
      damage = new ExtractionException("package has no contents.tar.gz");
    }
    try {
      if (damage != null) {
        throw damage;
      }
      addChecksums(builder, file, members, context);
    } catch (ExtractionException e) {
      throw e.withPartial(builder.build());
    }
    return builder.build();
  }

  private static void addChecksums(
      PackageMetadata.Builder builder,
      PackageFile file,
      Map<String, PackageFile> members,
      ExtractionContext context)
      throws ExtractionException, IOException {
    MessageDigest outer = sha256();
    update(outer, file, context);
    builder.column("outer_checksum", HexFormat.of().formatHex(outer.digest()));
    PackageFile version = members.get("VERSION");
    if (version != null) {
      String text = small(version, "VERSION");
      builder.column("tarball_version", text.matches("[0-9]{1,9}") ? Long.valueOf(text) : null);
    }
    PackageFile stated = members.get("CHECKSUM");
    if (stated == null) {
      return;
    }
    String checksum = small(stated, "CHECKSUM").toLowerCase(Locale.ROOT);
    MessageDigest inner = sha256();
    for (String part : new String[] {"VERSION", METADATA, CONTENTS}) {
      PackageFile member = members.get(part);
      if (member != null) {
        update(inner, member, context);
      }
    }
    builder
        .column("inner_checksum", checksum)
        .column(
            "inner_checksum_matches", checksum.equals(HexFormat.of().formatHex(inner.digest())));
  }

  private static String small(PackageFile file, String name)
      throws ExtractionException, IOException {
    return new String(bytes(file, MAX_SMALL, name), StandardCharsets.UTF_8).strip();
  }

  private static byte[] bytes(PackageFile file, int max, String name)
      throws ExtractionException, IOException {
    if (file.size() > max) {
      throw new ExtractionException(name + " is larger than the limit of " + max + " bytes");
    }
    byte[] bytes = new byte[(int) file.size()];
    file.slice(0, bytes.length).get(bytes);
    return bytes;
  }

  private static void update(MessageDigest digest, PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    for (long at = 0; at < file.size(); ) {
      int read = file.read(at, buffer.clear());
      if (read < 0) {
        break;
      }
      digest.update(buffer.flip());
      at += read;
      context.archives().checkTime();
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
