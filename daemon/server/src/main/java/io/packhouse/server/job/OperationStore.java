package io.packhouse.server.job;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.StringValue;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Operations on disk, so that they survive the daemon.
 *
 * <p>An operation is a file {@code ID.begun}, written when it is accepted, and then a file {@code
 * ID.ended}, after which the first one is removed. So whatever moment the daemon dies at, the
 * operation is there, and one without an end was cut off. Each file has three messages, each after
 * its length: the operation, the request, and the path of the file that it writes. Files are not
 * forced: they outlive the daemon, not a loss of power.
 */
final class OperationStore {
  private static final System.Logger LOGGER = System.getLogger(OperationStore.class.getName());

  private static final String BEGUN = ".begun";
  private static final String ENDED = ".ended";
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
   * Keeps an operation, instead of what was kept of it before.
   *
   * @param id names it, of lower-case letters and digits
   */
  void save(String id, Stored stored) throws IOException {
    boolean done = stored.operation.getDone();
    Path file = folder.resolve(id + (done ? ENDED : BEGUN));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      stored.operation.writeDelimitedTo(out);
      stored.request.writeDelimitedTo(out);
      StringValue.of(stored.output).writeDelimitedTo(out);
    }
    if (done) {
      Files.deleteIfExists(folder.resolve(id + BEGUN));
    }
  }

  /** Forgets an operation. */
  void delete(String id) throws IOException {
    Files.deleteIfExists(folder.resolve(id + BEGUN));
    Files.deleteIfExists(folder.resolve(id + ENDED));
  }

  /** All operations by id. What cannot be read is logged and removed. */
  Map<String, Stored> load() throws IOException {
    List<Path> begun = new ArrayList<>();
    Map<String, Stored> all = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(ENDED)) {
          read(file, ENDED, all);
        } else if (name.endsWith(BEGUN)) {
          begun.add(file);
        }
      }
    }
    for (Path file : begun) {
      if (all.containsKey(id(file, BEGUN))) {
        Files.deleteIfExists(file);
      } else {
        read(file, BEGUN, all);
      }
    }
    return all;
  }

  private static String id(Path file, String suffix) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.length() - suffix.length());
  }

  private static void read(Path file, String suffix, Map<String, Stored> all) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      CodedInputStream coded = CodedInputStream.newInstance(in);
      Operation operation = next(coded, Operation.parser());
      Any request = next(coded, Any.parser());
      String output = next(coded, StringValue.parser()).getValue();
      all.put(id(file, suffix), new Stored(operation, request, output));
    } catch (IOException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          file + " is removed: it holds no whole operation: " + e.getMessage());
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
