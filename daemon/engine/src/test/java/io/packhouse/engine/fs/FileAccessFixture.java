package io.packhouse.engine.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A directory of its own for each test, opened by the implementation; afterwards nothing is open.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class FileAccessFixture {

  @TempDir protected Path tree;

  protected FileAccess access;
  protected OpenDirectory root;

  protected abstract FileAccess access();

  @BeforeEach
  void openRoot() throws IOException {
    access = access();
    root = access.openDirectory(tree);
  }

  @AfterEach
  void nothingIsLeftOpen() throws IOException {
    root.close();
    root.close();
    assertThat(openDescriptors()).as("descriptors left open").isZero();
  }

  protected static byte[] name(String text) {
    return text.getBytes(UTF_8);
  }

  protected static FileErrorException failure(ThrowingCallable call) {
    FileErrorException error = catchThrowableOfType(FileErrorException.class, call);
    assertThat(error).as("refused by the system").isNotNull();
    return error;
  }

  private long openDescriptors() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return 0;
    }
    try (var list = Files.list(descriptors)) {
      // Libraries and jars that are loaded meanwhile are not the test's.
      return list.filter(this::isOfTree).count();
    }
  }

  private boolean isOfTree(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith(tree.toString());
    } catch (IOException gone) {
      return false;
    }
  }
}
