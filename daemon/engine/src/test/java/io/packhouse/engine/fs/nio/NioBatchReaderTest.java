package io.packhouse.engine.fs.nio;

import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileBatchContract;
import io.packhouse.engine.fs.FileBatchReader;

final class NioBatchReaderTest extends FileBatchContract {

  @Override
  protected FileAccess access() {
    return new NioFileAccess();
  }

  @Override
  protected FileBatchReader.Method method() {
    return FileBatchReader.Method.PORTABLE;
  }
}
