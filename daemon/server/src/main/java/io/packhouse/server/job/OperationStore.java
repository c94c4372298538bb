package io.packhouse.server.job;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.StringValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Operations on disk, so that they survive the daemon.
 *
 * <p>An operation is a file {@code ID.operation} of one record or two: as it was accepted, and as
 * it ended. So whatever moment the daemon dies at, the operation is there, and one without an end
 * was cut off; so is one whose last record is not whole. A record has three messages, each after
 * its length: the operation, the request, and the path of the file that it writes. Files are not
 * forced: they outlive the daemon, not a loss of power.
 */
final class OperationStore {
  private static final System.Logger LOGGER = System.getLogger(OperationStore.class.getName());

  private static final String SUFFIX = ".operation";
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  /**
   * An operation as it is kept.
   *
   * @param output the file that it writes, empty for none
   */
  record Stored(Operation operation, Any request, String output) {}

  private final Path folder;

  /**
   * @throws IOException if there is no such folder, and it cannot be made
   */
  OperationStore(Path stateFolder) throws IOException {
    folder = Files.createDirectories(stateFolder.resolve("operations"));
  }

  /**
   * Keeps an operation as it was accepted, or as it ended.
   *
   * @param id names it, of lower-case letters and digits
   */
  void save(String id, Stored stored) throws IOException {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    stored.operation.writeDelimitedTo(record);
    stored.request.writeDelimitedTo(record);
    StringValue.of(stored.output).writeDelimitedTo(record);
    try (OutputStream out = Files.newOutputStream(file(id), CREATE, WRITE, APPEND)) {
      record.writeTo(out);
    }
  }

  private Path file(String id) {
    return folder.resolve(id + SUFFIX);
  }

  /** Forgets an operation. */
  void delete(String id) throws IOException {
    Files.deleteIfExists(file(id));
  }

  /** All operations by id. What cannot be read is logged and removed. */
  Map<String, Stored> load() throws IOException {
    Map<String, Stored> all = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        read(file, name.substring(0, name.length() - SUFFIX.length()), all);
      }
    }
    return all;
  }

  private static void read(Path file, String id, Map<String, Stored> all) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(Files.readAllBytes(file));
    int whole = 0;
    try {
      while (!in.isAtEnd()) {
        Operation operation = next(in, Operation.parser());
        Any request = next(in, Any.parser());
        String output = next(in, StringValue.parser()).getValue();
        all.put(id, new Stored(operation, request, output));
        whole = in.getTotalBytesRead();
      }
    } catch (IOException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          file + " is cut off after " + whole + " bytes, where it is damaged: " + e.getMessage());
      try (FileChannel channel = FileChannel.open(file, WRITE)) {
        channel.truncate(whole);
      }
    }
    if (whole == 0) {
      LOGGER.log(System.Logger.Level.WARNING, file + " is removed: it holds no whole operation");
      Files.deleteIfExists(file);
    }
  }

  private static <M extends Message> M next(CodedInputStream in, Parser<M> parser)
      throws IOException {
    int length = in.readRawVarint32();
    if (length < 0 || length > MAX_MESSAGE_BYTES) {
      throw new IOException("a message of " + length + " bytes, limit " + MAX_MESSAGE_BYTES);
    }
    int outer = in.pushLimit(length);
    M message = parser.parseFrom(in);
    in.popLimit(outer);
    return message;
  }
}
