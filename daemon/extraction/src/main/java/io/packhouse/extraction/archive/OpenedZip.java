package io.packhouse.extraction.archive;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** A zip, of which the end was found. */
final class OpenedZip implements ZipDirectory {

  private final PackageFile file;
  private final SafeArchiveOpener opener;
  private final ZipEnd bounds;

  /** Entries up to this one were counted by some search. */
  private long counted;

  /** Stored members are counted as inflated once more was read of them than the file has. */
  private long storedAllowance;

  OpenedZip(PackageFile file, SafeArchiveOpener opener) throws ExtractionException, IOException {
    this.file = file;
    this.opener = opener;
    this.bounds = ZipEnd.locate(file);
    this.storedAllowance = file.size();
  }

  PackageFile file() {
    return file;
  }

  Budget budget() {
    return opener.budget();
  }

  InputStream opened(InputStream stream) {
    return opener.opened(stream);
  }

  Inflater headInflater() {
    return opener.headInflater();
  }

  /** Whether so many stored bytes are no more than the file holds, with those read before. */
  boolean allowsStored(long size) {
    storedAllowance = Math.max(-1, storedAllowance - size);
    return storedAllowance >= 0;
  }

  @Override
  public long size() {
    return bounds.entries();
  }

  @Override
  public @Nullable ArchiveMember find(String name) throws ExtractionException, IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    byte @Nullable [] other = bytes.length == name.length() ? null : ZipEntryData.otherBytes(name);
    ZipEntryData found = null;
    for (ZipCursor cursor = new ZipCursor(file, bounds); next(cursor); ) {
      if (cursor.matches(bytes) || (other != null && cursor.matches(other))) {
        ZipEntryData entry = cursor.entry();
        found = entry.name().equals(name) ? entry : found;
      }
    }
    return found == null ? null : new ZipMember(found, this);
  }

  @Override
  public List<ArchiveMember> find(String head, String tail, int maxFound)
      throws ExtractionException, IOException {
    byte[] headBytes = head.getBytes(StandardCharsets.UTF_8);
    byte[] tailBytes = tail.getBytes(StandardCharsets.UTF_8);
    List<ArchiveMember> found = new ArrayList<>();
    for (ZipCursor cursor = new ZipCursor(file, bounds); next(cursor); ) {
      if (cursor.matches(headBytes, tailBytes)) {
        if (found.size() == maxFound) {
          throw new ExtractionException("zip has more than " + maxFound + " such members");
        }
        found.add(new ZipMember(cursor.entry(), this));
      }
    }
    return found;
  }

  @Override
  public List<ArchiveMember> members() throws ExtractionException, IOException {
    return find("", "", Integer.MAX_VALUE);
  }

  @Override
  public void visit(Visitor visitor) throws ExtractionException, IOException {
    ZipCursor cursor = new ZipCursor(file, bounds);
    Entry entry =
        new Entry() {
          @Override
          public int copyName(byte[] target) {
            return cursor.copyName(target);
          }

          @Override
          public ArchiveMember member() throws ExtractionException {
            return new ZipMember(cursor.entry(), OpenedZip.this);
          }
        };
    while (next(cursor)) {
      visitor.visit(entry);
    }
  }

  /** The members one after another, without a list of them. */
  MemberStream stream() throws IOException {
    ZipCursor cursor = new ZipCursor(file, bounds);
    return new MemberStream() {
      @Override
      public @Nullable ArchiveMember next() throws ExtractionException, IOException {
        return OpenedZip.this.next(cursor) ? new ZipMember(cursor.entry(), OpenedZip.this) : null;
      }

      @Override
      public void close() {
        // Members hold what they opened.
      }
    };
  }

  private boolean next(ZipCursor cursor) throws ExtractionException, IOException {
    if (!cursor.next()) {
      return false;
    }
    if (cursor.seen() > counted) {
      counted = cursor.seen();
      budget().entry();
    } else {
      budget().passedEntry();
    }
    return true;
  }
}
