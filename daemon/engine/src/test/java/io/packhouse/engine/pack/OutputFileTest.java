package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSink;
import io.packhouse.engine.pack.PackException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where archives go, and what is there before, meanwhile and afterwards. */
class OutputFileTest extends PackFixture {

  @BeforeEach
  void makeTree() throws IOException {
    for (int i = 0; i < 200; i++) {
      file("f" + i, Bytes.text(i, 2_000));
    }
    file("big", 4 << 20);
  }

  private AbstractThrowableAssert<?, ?> assertRefused(Options options, Path to) {
    Throwable failure = failure(packer(options), to);
    assertThat(failure).isInstanceOf(PackException.class);
    assertThat(((PackException) failure).reason()).isEqualTo(Reason.OUTPUT);
    return assertThat(failure).hasMessageStartingWith(to.toString());
  }

  @Test
  void existingFileIsRefusedUnlessForced() throws Exception {
    Files.writeString(output, "precious");

    assertRefused(options(), output).hasMessageContaining("--force");
    assertThat(output).hasContent("precious");

    pack(options().force());
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void existingFileIsAsItWasWhenAForcedPackFails() throws Exception {
    Files.writeString(output, "precious");
    IOException thrown = new IOException("no");

    assertThat(failure(packer(options().force().sinks(at(150, () -> fail(thrown))))))
        .isSameAs(thrown);

    assertThat(output).hasContent("precious");
  }

  @Test
  void directoriesAndSpecialFilesAreNeverReplaced() throws Exception {
    assertRefused(options().force(), output.getParent()).hasMessageContaining("directory");
    assertRefused(options().force(), Path.of("/dev/null")).hasMessageContaining("-");
    assumeTrue(Trees.hasRawNames());
    Trees.fifo(output);
    assertRefused(options().force(), output).hasMessageContaining("no regular file");
  }

  @Test
  void missingParentIsNamed() throws Exception {
    Path to = output.resolveSibling("nowhere").resolve("a.pkh");

    assertRefused(options(), to).hasMessageContaining("no directory");
  }

  @Test
  void outputInsideTheInputIsRefusedThroughLinksToo() throws Exception {
    assertRefused(options(), tree.resolve("a.pkh")).hasMessageContaining("inside");
    Path link = Files.createSymbolicLink(output.resolveSibling("link"), tree);
    assertRefused(options(), link.resolve("a.pkh")).hasMessageContaining("inside");
    assertThat(tree.resolve("a.pkh")).doesNotExist();
  }

  @Test
  void fileAsInputIsNamed() throws Exception {
    tree = tree.resolve("f1");

    Throwable failure = failure(packer(options()));

    assertThat(failure).hasMessageContaining(tree.toString());
    assertThat(((PackException) failure).reason()).isEqualTo(Reason.INPUT);
  }

  @Test
  void fullDiskLeavesNothing() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()) == 0,
        "cannot mount a small disk");
    try {
      assertRefused(options(), disk.resolve("a.pkh")).hasMessageContaining("No space left");
      assertThat(disk).isEmptyDirectory();
    } finally {
      run("umount", disk.toString());
    }
  }

  private static int run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException noSuchCommand) {
      return -1;
    }
  }

  @Test
  void killedPackLeavesTheOldArchiveAndTheNextOneSweeps() throws Exception {
    pack(options());
    byte[] old = Files.readAllBytes(output);
    Path mark = temporary.resolve("mark");
    Path log = temporary.resolve("log");
    Process process = ForkedPack.startAndWait(log, tree, output, mark);
    try {
      while (!Files.exists(mark)) {
        assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).as("ended too early").isFalse();
      }
      assertThat(temporaryFiles()).hasSize(1);

      pack(options().force());
      assertThat(temporaryFiles()).as("a live pack's file is left alone").hasSize(1);
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(temporaryFiles()).as("left over").hasSize(1);
    assertThat(output).hasBinaryContent(old);

    pack(options().force());

    assertThat(temporaryFiles()).isEmpty();
    assertThat(output).hasBinaryContent(old);
  }

  @Test
  void leftoversThatAreNoFilesAreLeftAlone() throws Exception {
    assumeTrue(Trees.hasRawNames());
    Path fifo = output.resolveSibling(".archive.pkh.0123456789abcdef.packing");
    Trees.fifo(fifo);

    pack(options());

    assertThat(fifo).exists();
    Files.delete(fifo);
  }

  @Test
  void secondPackToTheSameNameDoesNotHarmTheFirst() throws Exception {
    IndexSink second = at(100, () -> otherPack());

    pack(options().force().sinks(second));

    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void outputThatAppearsMeanwhileIsNotReplaced() throws Exception {
    Throwable failure = failure(packer(options().sinks(at(100, () -> otherPack()))));

    assertThat(failure).hasMessageContaining("exists");
    TreeModel.of(tree).assertIn(output);
  }

  private void otherPack() throws IOException {
    try {
      pack(options().force());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void fail(IOException e) throws IOException {
    throw e;
  }

  private interface Act {
    void run() throws IOException;
  }

  private static IndexSink at(int row, Act act) {
    return new IndexSink() {
      private int rows;

      @Override
      public void row(EntryRow next) throws IOException {
        if (++rows == row) {
          act.run();
        }
      }

      @Override
      public void finish(String archiveId) {}

      @Override
      public void close() {}
    };
  }
}
