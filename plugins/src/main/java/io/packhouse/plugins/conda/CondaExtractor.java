package io.packhouse.plugins.conda;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes conda packages by their {@code info/index.json} and {@code info/about.json}.
 *
 * <p>In a {@code .conda} these are in a small tar of their own. In a {@code .tar.bz2} they are the
 * first members since conda-build 1.5 or so; before that they may be anywhere, so that a file whose
 * name has the form of a conda package's is looked into further.
 */
public final class CondaExtractor implements PackageExtractor {

  private static final String TYPE = "conda";
  private static final String CONDA = ".conda";
  private static final String TAR_BZ2 = ".tar.bz2";
  private static final String INDEX = "info/index.json";
  private static final String ABOUT = "info/about.json";
  private static final String INFO_HEAD = "info-";
  private static final String INFO_TAIL = ".tar.zst";
  private static final Interest INTEREST = Interest.inSuffixes(CONDA, TAR_BZ2);

  private static final int PROBE_MEMBERS = 64;
  private static final long PROBE_BYTES = 4 << 20;

  /** How far a file of the right name is looked into: about a second of bzip2. */
  private static final long NAMED_BYTES = 8 << 20;

  private static final int TAR_HEADER = 512;
  private static final int MAX_FOUND = 1_000;

  /** For the service loader. */
  public CondaExtractor() {}

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
    return CondaColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    String name = file.fileName();
    if (name.endsWith(CONDA)) {
      return conda(file, name.substring(0, name.length() - CONDA.length()), context);
    }
    return name.endsWith(TAR_BZ2)
        ? tarBz2(file, name.substring(0, name.length() - TAR_BZ2.length()), context)
        : null;
  }

  private static @Nullable PackageMetadata conda(
      PackageFile file, String stem, ExtractionContext context)
      throws ExtractionException, IOException {
    CondaMetadata metadata = new CondaMetadata("conda", CondaName.of(stem));
    try {
      ArchiveMember info = info(context.archives().zip(file), stem);
      if (info == null) {
        if (metadata.byName() == null) {
          return null;
        }
        throw new ExtractionException("conda package has no info-….tar.zst");
      }
      try (MemberStream members = context.archives().members(info.file(info.name()))) {
        read(members, metadata);
      }
      if (!metadata.hasIndex()) {
        throw new ExtractionException("conda package has no " + INDEX);
      }
      return metadata.build();
    } catch (ExtractionException e) {
      throw explained(e, metadata);
    }
  }

  private static @Nullable ArchiveMember info(ZipDirectory zip, String stem)
      throws ExtractionException, IOException {
    ArchiveMember named = zip.find(INFO_HEAD + stem + INFO_TAIL);
    if (named != null) {
      return named;
    }
    // Renamed, or in a mirror that keeps files by digest.
    List<ArchiveMember> found = zip.find(INFO_HEAD, INFO_TAIL, MAX_FOUND);
    if (found.size() > 1) {
      throw new ExtractionException("conda package has several info-….tar.zst, none of its name");
    }
    return found.isEmpty() ? null : found.getFirst();
  }

  /** Reads on until both files were there. */
  private static void read(MemberStream members, CondaMetadata metadata)
      throws ExtractionException, IOException {
    for (ArchiveMember member; !metadata.isComplete() && (member = members.next()) != null; ) {
      take(member, metadata);
    }
  }

  private static @Nullable PackageMetadata tarBz2(
      PackageFile file, String stem, ExtractionContext context)
      throws ExtractionException, IOException {
    CondaName named = CondaName.of(stem);
    CondaMetadata metadata = new CondaMetadata("tar.bz2", named);
    boolean hasInfo = false;
    try (MemberStream members = context.archives().members(file)) {
      long passed = 0;
      int count = 0;
      boolean further = named != null;
      for (ArchiveMember member; !metadata.isComplete() && (member = members.next()) != null; ) {
        String name = member.name();
        if (count++ == 0 && (name.equals(stem) || name.startsWith(stem + "/"))) {
          // A tar of sources.
          return null;
        }
        boolean isInfo = name.startsWith("info/");
        if (metadata.hasIndex() && !isInfo) {
          break;
        }
        hasInfo |= isInfo && name.endsWith(".json");
        take(member, metadata);
        passed += TAR_HEADER + Math.max(0, member.size());
        further |= metadata.hasIndex();
        if (passed > (further ? NAMED_BYTES : PROBE_BYTES)
            || (!further && count >= PROBE_MEMBERS)) {
          break;
        }
      }
      return metadata.hasIndex() ? metadata.build() : null;
    } catch (ExtractionException e) {
      if (!metadata.hasIndex() && !hasInfo) {
        // Damaged, but nobody knows what.
        return null;
      }
      throw explained(e, metadata);
    }
  }

  private static void take(ArchiveMember member, CondaMetadata metadata)
      throws ExtractionException, IOException {
    if (member.kind() != ArchiveMember.Kind.FILE) {
      return;
    }
    if (member.name().equals(INDEX)) {
      metadata.index(member.bytes(Limits.METADATA_BYTES));
    } else if (member.name().equals(ABOUT)) {
      metadata.about(member.bytes(Limits.METADATA_BYTES));
    }
  }

  /** With what is known nevertheless. */
  private static ExtractionException explained(ExtractionException e, CondaMetadata metadata) {
    if (e.partial() != null) {
      return e;
    }
    try {
      return e.withPartial(metadata.build());
    } catch (ExtractionException unread) {
      PackageMetadata byName = metadata.byName();
      return byName == null ? e : e.withPartial(byName);
    }
  }
}
