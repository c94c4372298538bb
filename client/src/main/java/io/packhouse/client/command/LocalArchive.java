package io.packhouse.client.command;

import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ContentDigest;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An archive that this process reads; closes its reader. */
record LocalArchive(ArchiveReader reader) implements ArchiveView {
  @Override
  public String displayName() {
    return reader.path().toString();
  }

  @Override
  public EntryView.Cursor entries(Listing listing) throws IOException {
    EntryFilter filter = EntryFilter.ALL.withPrefix(listing.prefix());
    String type = listing.packageType();
    if (type != null) {
      filter = filter.withPackageType(type);
    }
    String repository = listing.repository();
    if (repository != null) {
      filter = filter.withRepository(repository);
    }
    EntryCursor entries = reader.entries(listing.nested() ? filter : filter.withoutNested());
    ContentDigest digest = listing.digest();
    if (digest == null) {
      return () -> LocalEntry.ofNullable(entries.next());
    }
    String problem = digest.problem(reader);
    if (problem != null) {
      throw new Failure(ExitCode.INPUT, displayName() + ": " + problem);
    }
    return () -> {
      Entry entry = entries.next();
      while (entry != null && !digest.matches(entry)) {
        entry = entries.next();
      }
      return LocalEntry.ofNullable(entry);
    };
  }

  @Override
  public @Nullable EntryView find(byte[] path) throws IOException {
    return LocalEntry.ofNullable(reader.find(path));
  }

  @Override
  public EntryView resolve(EntryView entry) throws IOException {
    return new LocalEntry(reader.resolve(own(entry)));
  }

  @Override
  public void read(EntryView file, long offset, long length, Sink out) throws IOException {
    Entry entry = own(file);
    if (offset == 0 && length == entry.size()) {
      reader.read(entry, chunk -> out.write(chunk.asByteBuffer()));
    } else if (length > 0) {
      reader.read(entry, offset, length, chunk -> out.write(chunk.asByteBuffer()));
    }
  }

  private static Entry own(EntryView entry) {
    return ((LocalEntry) entry).entry();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
