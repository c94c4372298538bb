package io.packhouse.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneSystemTest {
  private final OneSystem amd64 = new OneSystem("amd64");
  private final OneSystem aarch64 = new OneSystem("aarch64");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linux/amd64/libzstd-jni-1.5.7-7.so",
        "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
        "arrow_cdata_jni/x86_64/libarrow_cdata_jni.so",
        "libduckdb_java.so_linux_amd64"
      })
  void librariesOfOneProcessorAreForeignToTheOther(String name) {
    assertThat(amd64.isForeign(name)).isFalse();
    assertThat(aarch64.isForeign(name)).isTrue();
    String other =
        name.replace("x86_64", "aarch_64")
            .replace("so_linux_amd64", "so_linux_arm64")
            .replace("amd64", "aarch64");
    assertThat(amd64.isForeign(other)).isTrue();
    assertThat(aarch64.isForeign(other)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aix/ppc64/libzstd-jni-1.5.7-7.so",
        "freebsd/amd64/libzstd-jni-1.5.7-7.so",
        "darwin/x86_64/libzstd-jni-1.5.7-7.dylib",
        "linux/i386/libzstd-jni-1.5.7-7.so",
        "linux/riscv64/libzstd-jni-1.5.7-7.so",
        "win/x86/libzstd-jni-1.5.7-7.dll",
        "libblake3.dylib",
        "libduckdb_java.so_macos_universal",
        "libduckdb_java.so_windows_amd64"
      })
  void otherSystemsAreForeignToBoth(String name) {
    assertThat(amd64.isForeign(name)).isTrue();
    assertThat(aarch64.isForeign(name)).isTrue();
  }

  @Test
  void whatNamesNoProcessorStays() {
    assertThat(amd64.isForeign("libblake3.so")).isFalse();
    assertThat(amd64.isForeign("org/example/arm/Arms.class")).isFalse();
    assertThatThrownBy(() -> new OneSystem("sparc")).hasMessage("no packages for sparc");
  }
}
