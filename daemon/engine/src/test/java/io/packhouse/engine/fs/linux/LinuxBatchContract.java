package io.packhouse.engine.fs.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.packhouse.engine.fs.FileBatchContract;
import io.packhouse.engine.fs.FileBatchReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** What Linux does, by whichever method. */
abstract class LinuxBatchContract extends FileBatchContract {

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
  private static final int SETFSUID = ARM ? 151 : 122;
  private static final int NOBODY = 65534;

  /**
   * Without privileges, access times can be left alone for own files only; this thread gives up its
   * privileges over files for the test.
   */
  @Test
  void filesOfOthersAreReadAsFarAsPermitted() throws IOException {
    assumeTrue(setFileUser(0) == 0, "users can be changed by root only");
    root.setMode(0755);
    for (int i = 0; i < 20; i++) {
      Files.write(tree.resolve("f" + i), new byte[] {(byte) i});
      root.setMode(name("f" + i), i % 5 == 0 ? 0600 : 0644);
    }
    try (FileBatchReader reader = access.newFileBatchReader();
        Arena arena = Arena.ofConfined()) {
      MemorySegment slot = arena.allocate(20);
      setFileUser(NOBODY);
      for (int round = 0; round < 2; round++) {
        reader.clear();
        for (int i = 0; i < 20; i++) {
          reader.add(root, name("f" + i), root.status(name("f" + i)), i, 1);
        }
        reader.read(slot);
        for (int i = 0; i < 20; i++) {
          if (i % 5 == 0) {
            assertThat(reader.error(i)).isNotNull().hasMessageEndingWith("(EACCES)");
          } else {
            assertThat(reader.isUnchanged(i)).isTrue();
            assertThat(slot.getAtIndex(JAVA_BYTE, i)).isEqualTo((byte) i);
          }
        }
      }
    } finally {
      setFileUser(0);
    }
  }

  /** Sets who this thread is to file systems; returns who it was. */
  private static long setFileUser(int uid) {
    Scratch scratch = Scratch.take();
    try {
      return LinuxCalls.call(scratch, SETFSUID, uid, 0, 0, 0, 0);
    } finally {
      scratch.give();
    }
  }
}
