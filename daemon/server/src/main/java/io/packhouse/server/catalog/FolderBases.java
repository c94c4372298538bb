package io.packhouse.server.catalog;

import io.packhouse.engine.read.parts.ArchiveFile;
import io.packhouse.engine.read.parts.ArchiveSource;
import io.packhouse.engine.read.parts.Bases;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Finds the bases of a delta among the archives of its own folder, as far as the catalog knows
 * them: whoever may read a delta may read the folder that it is in, and no other for that.
 *
 * @param known all archives of the catalog, as they are at the moment
 */
record FolderBases(SafeFolder folder, ArchiveName delta, Collection<CatalogEntry> known)
    implements Bases.Finder {

  @Override
  public @Nullable ArchiveFile find(String id) throws IOException {
    for (CatalogEntry entry : known) {
      ArchiveName name = entry.name();
      if (entry.id().equals(id) && name.folder().equals(delta.folder())) {
        ArchiveFile opened = openIfThere(name);
        if (opened != null) {
          return opened;
        }
      }
    }
    return null;
  }

  /** That it is still the archive that was known is checked by who asked. */
  private @Nullable ArchiveFile openIfThere(ArchiveName name) throws IOException {
    try {
      SafeFolder.Opened opened = folder.open(name);
      return ArchiveFile.of(ArchiveSource.of(opened.channel()), Path.of(name.toString()));
    } catch (NoSuchFileException e) {
      return null; // gone since; another may have the same id
    }
  }

  @Override
  public String looked(String id) {
    return "not in the folder " + delta.folder();
  }
}
