package io.packhouse.engine.index;

/**
 * A batch as it goes into the archive. Whoever holds it closes it.
 *
 * @param message the encapsulated Arrow message with its body; its length is a multiple of 8
 * @param rows at least 1
 * @param firstPath path bytes of the first row
 * @param lastPath path bytes of the last row
 * @param digest of the message
 */
@SuppressWarnings("ArrayRecordComponent") // moved, not shared
public record EncodedBatch(
    IpcBuffer message,
    int rows,
    EntryRow.Group group,
    byte[] firstPath,
    byte[] lastPath,
    byte[] digest)
    implements AutoCloseable {

  @Override
  public void close() {
    message.close();
  }
}
