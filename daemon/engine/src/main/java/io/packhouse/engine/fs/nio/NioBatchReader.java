package io.packhouse.engine.fs.nio;

import io.packhouse.engine.fs.FileBatchReader;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** One file after the other. */
final class NioBatchReader extends FileBatchReader {

  @Override
  protected void readAll(MemorySegment target) throws IOException {
    for (int i = 0; i < size(); i++) {
      OpenDirectory directory = directory(i);
      if (!(directory instanceof NioDirectory)) {
        throw new IllegalArgumentException("directory of another implementation: " + directory);
      }
      try (OpenFile file = directory.openFile(name(i))) {
        int read = file.read(target, offset(i), length(i), 0);
        FileStatus now = file.status();
        if (now.isUnchanged(walked(i))) {
          unchanged(i, read);
        } else {
          changed(i, read, now);
        }
      } catch (FileErrorException e) {
        failed(i, e);
      }
    }
  }

  @Override
  public Method method() {
    return Method.PORTABLE;
  }

  @Override
  protected void release() {}
}
