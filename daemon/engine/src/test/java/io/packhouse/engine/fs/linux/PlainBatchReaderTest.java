package io.packhouse.engine.fs.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileBatchReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class PlainBatchReaderTest extends LinuxBatchContract {

  @Override
  protected FileAccess access() {
    return new LinuxFileAccess(IoMethod.PLAIN);
  }

  @Override
  protected FileBatchReader.Method method() {
    return FileBatchReader.Method.CALLS;
  }

  @Test
  void methodIsDescribed() {
    assertThat(access.describe()).isEqualTo("linux, plain calls");
    assertThat(IoMethod.ofProperty(null)).isEqualTo(IoMethod.AUTO);
    assertThat(IoMethod.ofProperty("auto")).isEqualTo(IoMethod.AUTO);
    assertThat(IoMethod.ofProperty("ring")).isEqualTo(IoMethod.RING);
    assertThat(IoMethod.ofProperty("plain")).isEqualTo(IoMethod.PLAIN);
    assertThatThrownBy(() -> IoMethod.ofProperty("fast"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("packhouse.io must be ring, plain or auto, packhouse.io=fast");
  }
}
