package io.packhouse.server.grpc;

import io.packhouse.server.access.Caller;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import java.io.IOException;

/** Archives as the caller of the call under way sees them: in other folders there are none. */
public final class Access {
  private Access() {}

  /**
   * A name in a request.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if it is none, NOT_FOUND if the caller
   *     does not see its folder
   */
  public static ArchiveName name(String field, String text) {
    ArchiveName name = Violations.parsed(field, () -> ArchiveName.parse(text));
    require(Caller.current(), name);
    return name;
  }

  /**
   * Does nothing if the caller sees the archive's folder.
   *
   * @throws io.grpc.StatusRuntimeException NOT_FOUND if not
   */
  public static void require(Caller caller, ArchiveName name) {
    if (!caller.seesFolder(name.folder())) {
      throw Failures.notFound(Failures.ARCHIVE, name.toString());
    }
  }

  /** Opens an archive that a request names. */
  public static ArchiveLease open(Catalog catalog, String field, String text) throws IOException {
    return catalog.open(name(field, text));
  }
}
