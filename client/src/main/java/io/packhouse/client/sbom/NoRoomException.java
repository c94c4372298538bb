package io.packhouse.client.sbom;

import java.io.IOException;

/** The folder of temporary files has no room, or is not to be written to. */
public final class NoRoomException extends IOException {
  private static final long serialVersionUID = 1L;

  NoRoomException(IOException cause) {
    super("cannot write temporary files (" + cause.getMessage() + ")" + advice(), cause);
  }

  /** What to do, as the end of a message. */
  public static String advice() {
    return "; make room in "
        + System.getProperty("java.io.tmpdir")
        + ", or name another folder for temporary files by"
        + " PACKHOUSE_JAVA_OPTS=-Djava.io.tmpdir=DIR";
  }
}
