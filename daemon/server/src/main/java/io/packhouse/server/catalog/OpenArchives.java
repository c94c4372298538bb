package io.packhouse.server.catalog;

import io.packhouse.engine.read.ArchiveReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Readers that are open, by name. One that nobody has a lease of stays open as long as there is
 * room, the least recently used goes first; one that is retired, since its file was replaced, is
 * closed with its last lease. Thread-safe.
 */
final class OpenArchives implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(OpenArchives.class.getName());

  /** What an open archive takes beside its tables, about. */
  private static final long BASE_BYTES = 64 << 10;

  /** What a blob and a batch take in the tables, about. */
  private static final long BLOB_BYTES = 64;

  private static final long BATCH_BYTES = 256;

  private static final class Open {
    private final ArchiveReader reader;
    private final FileStamp stamp;
    private final long bytes;
    // Guarded by the outer class.
    private int leases;
    private boolean retired;

    private Open(ArchiveReader reader, FileStamp stamp) {
      this.reader = reader;
      this.stamp = stamp;
      this.bytes =
          BASE_BYTES
              + BLOB_BYTES * reader.blobCount()
              + BATCH_BYTES * reader.parts().index().directory().rows().size();
    }
  }

  private final class Lease implements ArchiveLease {
    private final ArchiveName name;
    private final Open open;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Lease(ArchiveName name, Open open) {
      this.name = name;
      this.open = open;
    }

    @Override
    public ArchiveName name() {
      return name;
    }

    @Override
    public ArchiveReader reader() {
      return open.reader;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release(open);
      }
    }
  }

  private final int maxIdle;
  private final long maxBytes;

  // Guarded by this.
  private final LinkedHashMap<ArchiveName, Open> archives = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private int leases;
  private boolean closed;

  /**
   * @param maxOpen kept open, as long as leases do not keep more
   * @param maxBytes that their tables may take, likewise
   */
  OpenArchives(int maxOpen, long maxBytes) {
    this.maxIdle = maxOpen;
    this.maxBytes = maxBytes;
  }

  /** A lease of the archive if it is open in this state; else null, and another is retired. */
  @Nullable ArchiveLease lease(ArchiveName name, FileStamp stamp) {
    List<Open> closing = new ArrayList<>();
    try {
      synchronized (this) {
        Open open = archives.get(name);
        if (open == null) {
          return null;
        }
        if (!open.stamp.equals(stamp)) {
          retire(name, closing);
          return null;
        }
        open.leases++;
        leases++;
        return new Lease(name, open);
      }
    } finally {
      closeAll(closing);
    }
  }

  /** Takes over a reader, which replaces one of that name, and gives a lease of it. */
  ArchiveLease add(ArchiveName name, ArchiveReader reader, FileStamp stamp) throws IOException {
    List<Open> closing = new ArrayList<>();
    try {
      Open open = new Open(reader, stamp);
      synchronized (this) {
        open.leases++;
        leases++;
        retire(name, closing);
        if (closed) {
          open.retired = true;
        } else {
          archives.put(name, open);
          bytes += open.bytes;
          trim(closing);
        }
        return new Lease(name, open);
      }
    } finally {
      closeAll(closing);
    }
  }

  /** Lets go of the archive of this name; leases of it stay good. */
  void retire(ArchiveName name) {
    List<Open> closing = new ArrayList<>();
    synchronized (this) {
      retire(name, closing);
    }
    closeAll(closing);
  }

  private void retire(ArchiveName name, List<Open> closing) {
    Open open = archives.remove(name);
    if (open != null) {
      bytes -= open.bytes;
      open.retired = true;
      if (open.leases == 0) {
        closing.add(open);
      }
    }
  }

  private void release(Open open) {
    List<Open> closing = new ArrayList<>();
    synchronized (this) {
      leases--;
      open.leases--;
      if (open.leases == 0) {
        if (open.retired) {
          closing.add(open);
        } else {
          trim(closing);
        }
      }
    }
    closeAll(closing);
  }

  /** Drops what nobody reads until there is room, the least recently used first. */
  private void trim(List<Open> closing) {
    Iterator<Map.Entry<ArchiveName, Open>> all = archives.entrySet().iterator();
    while ((archives.size() > maxIdle || bytes > maxBytes) && all.hasNext()) {
      Open open = all.next().getValue();
      if (open.leases == 0) {
        all.remove();
        bytes -= open.bytes;
        open.retired = true;
        closing.add(open);
      }
    }
  }

  private static void closeAll(List<Open> closing) {
    for (Open open : closing) {
      try {
        open.reader.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "cannot close " + open.reader.path(), e);
      }
    }
  }

  /** Archives that are open, in use or not; retired ones do not count. */
  synchronized int size() {
    return archives.size();
  }

  /** Leases that are held. */
  synchronized int leases() {
    return leases;
  }

  /** Closes what nobody reads; the rest with its last lease. */
  @Override
  public void close() {
    List<Open> closing = new ArrayList<>();
    synchronized (this) {
      closed = true;
      for (ArchiveName name : List.copyOf(archives.keySet())) {
        retire(name, closing);
      }
    }
    closeAll(closing);
  }
}
