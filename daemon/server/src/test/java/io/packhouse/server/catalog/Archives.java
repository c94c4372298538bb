package io.packhouse.server.catalog;

import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** Makes archives for tests. */
public final class Archives {
  private Archives() {}

  /** Packs files, given by path and contents, into {@code archive}, which is replaced. */
  public static void pack(Path archive, Map<String, byte[]> files)
      throws IOException, InterruptedException {
    Path tree = Files.createTempDirectory("tree");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = tree.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    pack(archive, tree);
  }

  /** Packs a tree into {@code archive}, which is replaced. */
  public static void pack(Path archive, Path tree) throws IOException, InterruptedException {
    Files.createDirectories(archive.getParent());
    Path made = Files.createTempDirectory("made").resolve("a.pkh");
    new Packer(List.of(PackInput.of(tree)), PackOptions.defaults(), PackListener.NONE).pack(made);
    Files.move(made, archive, StandardCopyOption.REPLACE_EXISTING);
  }
}
