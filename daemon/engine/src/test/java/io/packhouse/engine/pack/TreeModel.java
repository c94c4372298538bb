package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.DirectoryListing;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.VerifyOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/** What a tree holds, read by plain recursion, to compare archives with. */
final class TreeModel {

  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  private record Node(FileStatus status, byte[] contents, byte[] linkTarget) {}

  private final TreeMap<byte[], Node> nodes = new TreeMap<>(PathText::compare);

  static TreeModel of(Path root) throws IOException {
    TreeModel model = new TreeModel();
    model.add(root, new byte[0]);
    return model;
  }

  /** Adds another tree, mounted in the archive. */
  TreeModel add(Path root, byte[] mount) throws IOException {
    try (OpenDirectory directory = SystemFileAccess.instance().openDirectory(root)) {
      addAll(directory, mount);
    }
    return this;
  }

  private void addAll(OpenDirectory directory, byte[] path) throws IOException {
    nodes.put(path, new Node(directory.status(), new byte[0], null));
    DirectoryListing listing = directory.list();
    for (int i = 0; i < listing.size(); i++) {
      byte[] name = listing.name(i);
      byte[] child = PathText.join(path, name);
      FileStatus status = directory.status(name);
      if (status.kind() == FileKind.DIRECTORY) {
        try (OpenDirectory below = directory.openDirectory(name)) {
          addAll(below, child);
        }
      } else if (status.kind() != FileKind.SOCKET) {
        byte[] contents = new byte[0];
        byte[] target = null;
        if (status.kind() == FileKind.FILE) {
          contents = new byte[(int) status.size()];
          try (OpenFile file = directory.openFile(name)) {
            file.read(MemorySegment.ofArray(contents), 0, contents.length, 0);
          }
        } else if (status.kind() == FileKind.SYMLINK) {
          target = directory.readLink(name);
        }
        nodes.put(child, new Node(status, contents, target));
      }
    }
  }

  int size() {
    return nodes.size();
  }

  /** Asserts that an archive is sound and holds this and nothing else. */
  void assertIn(Path archive) throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      assertThat(new ArchiveVerifier(reader).verify(VerifyOptions.all(1)).damages()).isEmpty();
      Map<Long, byte[]> firstNames = new HashMap<>();
      Iterator<Map.Entry<byte[], Node>> expected = nodes.entrySet().iterator();
      EntryCursor entries = reader.entries();
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        assertThat(expected.hasNext()).as("expected " + entry.path()).isTrue();
        Map.Entry<byte[], Node> next = expected.next();
        String name = PathText.display(next.getKey());
        assertThat(PathText.display(entry.pathBytes())).isEqualTo(name);
        assertThat(entry.isOk()).as(name).isTrue();
        check(name, reader, entry, next.getValue(), firstNames, next.getKey());
        if (nodes.size() < 1_000 || entry.row() % 500 == 0) {
          assertThat(reader.find(next.getKey())).as("found by its path: " + name).isNotNull();
        }
      }
      assertThat(expected.hasNext()).as("entries that are missing").isFalse();
    }
  }

  private static void check(
      String name,
      ArchiveReader reader,
      Entry entry,
      Node node,
      Map<Long, byte[]> firstNames,
      byte[] path)
      throws IOException {
    FileStatus status = node.status;
    assertThat(entry.mode()).as("mode of " + name).isEqualTo(status.mode());
    assertThat(entry.mtimeNanos()).as("mtime of " + name).isEqualTo(status.mtimeNanosSinceEpoch());
    assertThat(entry.uid()).as("uid of " + name).isEqualTo(status.uid());
    if (status.kind() != FileKind.DIRECTORY && status.links() > 1) {
      byte[] first = firstNames.putIfAbsent(status.inode(), path);
      if (first != null) {
        assertThat(entry.type()).as(name).isEqualTo(EntryType.HARDLINK);
        assertThat(entry.linkTarget()).as("first name of " + name).isEqualTo(first);
        return;
      }
    }
    EntryType type = EntryType.valueOf(status.kind().name());
    assertThat(entry.type()).as(name).isEqualTo(type);
    assertThat(entry.linkTarget()).as("target of " + name).isEqualTo(node.linkTarget);
    if (type == EntryType.FILE) {
      assertThat(entry.size()).as("size of " + name).isEqualTo(status.size());
      byte[] contents = reader.readAllBytes(entry, Integer.MAX_VALUE);
      assertThat(Arrays.equals(contents, node.contents)).as("contents of " + name).isTrue();
    }
    if (type == EntryType.CHAR_DEVICE || type == EntryType.BLOCK_DEVICE) {
      assertThat(entry.deviceMajor()).isEqualTo(status.deviceMajor());
      assertThat(entry.deviceMinor()).isEqualTo(status.deviceMinor());
    }
  }
}
