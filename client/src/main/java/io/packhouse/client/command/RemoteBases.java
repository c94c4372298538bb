package io.packhouse.client.command;

import io.packhouse.engine.read.parts.ArchiveFile;
import io.packhouse.engine.read.parts.BaseSearch;
import io.packhouse.engine.read.parts.Bases;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import io.packhouse.v1.Archive;
import io.packhouse.v1.ListArchivesRequest;
import io.packhouse.v1.ListArchivesResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Finds the bases of a daemon's delta where the user says, else among the archives of the delta's
 * folder of the catalog, where the daemon itself looks; of those only what is read is fetched.
 * Thread-safe.
 */
final class RemoteBases implements Bases.Finder {
  private final PackhouseClient client;
  private final String folder;
  private final BaseSearch here;
  private final List<RemoteSource> sources = new CopyOnWriteArrayList<>();

  /**
   * @param delta its name in the catalog
   * @param places files and folders of this machine
   */
  RemoteBases(PackhouseClient client, String delta, List<Path> places) {
    this.client = client;
    this.folder = delta.substring(0, Math.max(0, delta.indexOf('/')));
    this.here = new BaseSearch(places, null);
  }

  @Override
  public @Nullable ArchiveFile find(String id) throws IOException {
    ArchiveFile found = here.find(id);
    return found == null ? findThere(id) : found;
  }

  private @Nullable ArchiveFile findThere(String id) throws IOException {
    String token = "";
    try {
      do {
        ListArchivesRequest request =
            ListArchivesRequest.newBuilder()
                .setNameGlob(folder + "/**")
                .setPageSize(1_000)
                .setPageToken(token)
                .build();
        ListArchivesResponse page = client.retrying(() -> client.catalog().listArchives(request));
        for (Archive archive : page.getArchivesList()) {
          if (archive.getId().equals(id)) {
            RemoteSource source = RemoteSource.of(client, archive.getName());
            sources.add(source);
            return ArchiveFile.of(source, Path.of(archive.getName()));
          }
        }
        token = page.getNextPageToken();
      } while (!token.isEmpty());
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while looking for a base");
    }
  }

  @Override
  public String looked(String id) throws IOException {
    return here.looked(id) + "; not in the daemon's folder " + folder;
  }

  /** What went wrong with the daemon while a base was read; null for nothing. */
  @Nullable RemoteException failure() {
    for (RemoteSource source : sources) {
      RemoteException failure = source.failure();
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }
}
