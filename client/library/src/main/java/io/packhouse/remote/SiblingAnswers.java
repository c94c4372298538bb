package io.packhouse.remote;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.packhouse.v1.SiblingAnswer;
import io.packhouse.v1.SiblingAnswer.Outcome;
import io.packhouse.v1.SiblingQuestion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers what a daemon asks of the trees that it is sent, from these alone: each name is opened in
 * the directory before it, no link is followed, and what the trees' options leave out is withheld.
 * What it holds at a time is bounded by a question's length. Used by one thread.
 */
final class SiblingAnswers {
  /** Most bytes that one question may ask for. */
  static final int MOST_BYTES = 1 << 20;

  private static final int MAX_PATH_BYTES = 64 << 10;
  private static final int MAX_NAME_BYTES = 255;
  private static final int MAX_SHOWN_BYTES = 200;
  private static final int PIECE_BYTES = 64 << 10;
  private static final int HEX = 16;

  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "md5", "MD5",
          "sha1", "SHA-1",
          "sha256", "SHA-256",
          "sha384", "SHA-384",
          "sha512", "SHA-512");

  /** A tree as it is looked into. */
  private record Tree(Path root, @Nullable Object device) {}

  private final TreeOptions options;

  /** By mount; the only one of none by the empty name. */
  private final Map<ByteString, Tree> trees = new HashMap<>();

  private SiblingAnswers(TreeOptions options) {
    this.options = options;
  }

  /**
   * What answers for these trees.
   *
   * @return null where the system does not open names in open directories, so that there is no
   *     being sure of links
   * @throws IOException if a root cannot be read
   */
  static @Nullable SiblingAnswers of(List<LocalTree> trees, TreeOptions options)
      throws IOException {
    SiblingAnswers answers = new SiblingAnswers(options);
    for (LocalTree tree : trees) {
      // As the walk: the root itself may be a link.
      Path root = tree.directory().toRealPath();
      if (!Files.isDirectory(root)) {
        continue; // as the walk will say
      }
      try (var stream = Files.newDirectoryStream(root)) {
        if (!(stream instanceof SecureDirectoryStream<Path>)) {
          return null;
        }
      }
      String mount = tree.mount();
      answers.trees.put(
          ByteString.copyFromUtf8(mount == null ? "" : mount),
          new Tree(root, options.oneFileSystem() ? device(root) : null));
    }
    return answers;
  }

  private static Object device(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev", LinkOption.NOFOLLOW_LINKS);
  }

  /** The daemon asks what none may. */
  static final class WrongQuestionException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongQuestionException(String message) {
      super("the daemon " + message + "; nothing more is sent to it");
    }
  }

  /**
   * Answers.
   *
   * @throws WrongQuestionException if the daemon may not ask this
   */
  SiblingAnswer answer(SiblingQuestion question) throws WrongQuestionException {
    List<byte[]> names = check(question);
    SiblingAnswer.Builder answer = SiblingAnswer.newBuilder().setNumber(question.getNumber());
    Tree tree = trees.get(trees.containsKey(ByteString.EMPTY) ? ByteString.EMPTY : first(names));
    if (tree == null) {
      return answer.setOutcome(Outcome.OUTCOME_ABSENT).build();
    }
    List<byte[]> below =
        trees.containsKey(ByteString.EMPTY) ? names : names.subList(1, names.size());
    if (below.isEmpty()) {
      return answer.setOutcome(Outcome.OUTCOME_ABSENT).build();
    }
    if (!isSent(names, names.size() - below.size())) {
      return answer.setOutcome(Outcome.OUTCOME_WITHHELD).build();
    }
    try {
      return look(tree, below, question, answer).build();
    } catch (NoSuchFileException e) {
      return answer.setOutcome(Outcome.OUTCOME_ABSENT).build();
    } catch (IOException e) {
      return answer
          .clear()
          .setNumber(question.getNumber())
          .setOutcome(Outcome.OUTCOME_UNREADABLE)
          .setProblem(reason(e))
          .build();
    }
  }

  private static ByteString first(List<byte[]> names) {
    return ByteString.copyFrom(names.getFirst());
  }

  /** The names of a question's path, which lead to what is below a root. */
  private static List<byte[]> check(SiblingQuestion question) throws WrongQuestionException {
    byte[] path = question.getPath().toByteArray();
    boolean digest = !question.getDigest().isEmpty();
    if (question.getOffset() < 0
        || question.getLength() < 0
        || question.getLength() > MOST_BYTES
        || question.getLargest() < 0) {
      throw new WrongQuestionException(
          "asks for "
              + question.getLength()
              + " bytes at "
              + question.getOffset()
              + " of a file; the limit is "
              + MOST_BYTES);
    }
    if (digest && !ALGORITHMS.containsKey(question.getDigest())) {
      throw new WrongQuestionException("asks for a digest that is none of " + ALGORITHMS.keySet());
    }
    List<byte[]> names = names(path);
    if (path.length > MAX_PATH_BYTES || !names.stream().allMatch(SiblingAnswers::isName)) {
      throw new WrongQuestionException(
          "asks for a file by a path that no entry may have: " + display(path));
    }
    return names;
  }

  /** The beginning of what a daemon says, for people: nothing that a terminal would obey. */
  private static String display(byte[] path) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(path.length, MAX_SHOWN_BYTES); i++) {
      text.append(path[i] >= ' ' && path[i] < 0x7f ? (char) path[i] : '?');
    }
    return text.append(path.length > MAX_SHOWN_BYTES ? "..." : "").toString();
  }

  private static List<byte[]> names(byte[] path) {
    List<byte[]> names = new ArrayList<>();
    int start = 0;
    for (int at = 0; at <= path.length; at++) {
      if (at == path.length || path[at] == '/') {
        names.add(Arrays.copyOfRange(path, start, at));
        start = at + 1;
      }
    }
    return names;
  }

  private static boolean isName(byte[] name) {
    boolean dots = name.length <= 2;
    for (byte each : name) {
      if (each == 0) {
        return false;
      }
      dots &= each == '.';
    }
    return !dots; // nor empty
  }

  /**
   * Whether the trees' filter lets a file be sent, as the walk goes down to it.
   *
   * @param roots names that lead to a root, which no glob selects or leaves out
   */
  private boolean isSent(List<byte[]> names, int roots) {
    TreeOptions.Filter filter = options.filter();
    boolean included = filter.includes(new byte[0], true);
    byte[] path = new byte[0];
    for (int i = 0; i < names.size(); i++) {
      path = TreeWalk.join(path, names.get(i));
      boolean directory = i < names.size() - 1;
      if (i < roots) {
        continue;
      }
      if (filter.excludes(path, directory)) {
        return false;
      }
      included = included || filter.includes(path, directory);
    }
    return included;
  }

  private SiblingAnswer.Builder look(
      Tree tree, List<byte[]> names, SiblingQuestion question, SiblingAnswer.Builder answer)
      throws IOException {
    Path at = tree.root;
    SecureDirectoryStream<Path> directory = open(at);
    try {
      for (byte[] bytes : names.subList(0, names.size() - 1)) {
        Path name = name(bytes);
        if (!attributes(directory, name).isDirectory()) {
          return answer.setOutcome(Outcome.OUTCOME_ABSENT);
        }
        at = at.resolve(name);
        SecureDirectoryStream<Path> next =
            directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        directory.close();
        directory = next;
        if (tree.device != null && !tree.device.equals(device(at))) {
          return answer.setOutcome(Outcome.OUTCOME_WITHHELD);
        }
      }
      Path name = name(names.getLast());
      // Opening a FIFO or a device would touch it.
      if (!attributes(directory, name).isRegularFile()) {
        return answer.setOutcome(Outcome.OUTCOME_ABSENT);
      }
      try (SeekableByteChannel file =
          directory.newByteChannel(
              name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
        return tell(file, question, answer);
      }
    } finally {
      directory.close();
    }
  }

  @SuppressWarnings("StreamResourceLeak") // whoever calls closes it
  private static SecureDirectoryStream<Path> open(Path directory) throws IOException {
    DirectoryStream<Path> stream = Files.newDirectoryStream(directory);
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new IOException("is on another kind of file system now");
  }

  private static BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    return directory
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  /** A name of any bytes, which Java takes as a URI only; see {@link TreeWalk#nameBytes}. */
  private static Path name(byte[] bytes) throws IOException {
    if (bytes.length > MAX_NAME_BYTES) {
      throw new NoSuchFileException("a name of " + bytes.length + " bytes");
    }
    StringBuilder uri = new StringBuilder("file:///");
    for (byte each : bytes) {
      uri.append('%');
      uri.append(Character.forDigit((each >> 4) & 0xf, HEX));
      uri.append(Character.forDigit(each & 0xf, HEX));
    }
    Path name = Path.of(java.net.URI.create(uri.toString())).getFileName();
    if (name == null) {
      throw new NoSuchFileException("a name that is none");
    }
    return name;
  }

  private static SiblingAnswer.Builder tell(
      SeekableByteChannel file, SiblingQuestion question, SiblingAnswer.Builder answer)
      throws IOException {
    long size = file.size();
    answer.setOutcome(Outcome.OUTCOME_FILE).setSize(size);
    if (size > question.getLargest()) {
      return answer;
    }
    if (!question.getDigest().isEmpty()) {
      return answer.setData(digest(file, size, question.getDigest()));
    }
    long length = Math.clamp(size - question.getOffset(), 0, question.getLength());
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    file.position(question.getOffset());
    while (bytes.hasRemaining()) {
      if (file.read(bytes) < 0) {
        throw new IOException("changed while it was read");
      }
    }
    return answer.setData(UnsafeByteOperations.unsafeWrap(bytes.flip()));
  }

  private static ByteString digest(SeekableByteChannel file, long size, String algorithm)
      throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance(ALGORITHMS.get(algorithm));
    } catch (NoSuchAlgorithmException e) {
      throw new IOException("this system has no " + algorithm, e);
    }
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    long left = size;
    while (left > 0) {
      piece.clear().limit((int) Math.min(PIECE_BYTES, left));
      int read = file.read(piece);
      if (read < 0) {
        throw new IOException("changed while it was read");
      }
      digest.update(piece.flip());
      left -= read;
    }
    return ByteString.copyFrom(digest.digest());
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case FileSystemException at when at.getReason() != null -> at.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
