package io.packhouse.engine.fs.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class SystemFileAccessTest {

  @EnabledOnOs(OS.LINUX)
  @Test
  void linuxIsItsOwnChoice() {
    assertThat(SystemFileAccess.choose(null).name()).isEqualTo("linux");
    assertThat(SystemFileAccess.choose("nio").name()).isEqualTo("nio");
    assertThatThrownBy(() -> SystemFileAccess.choose("fast"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("packhouse.fileAccess must be linux or nio, packhouse.fileAccess=fast");
  }
}
