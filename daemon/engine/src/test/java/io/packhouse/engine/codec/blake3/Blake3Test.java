package io.packhouse.engine.codec.blake3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class Blake3Test {

  private static final String EMPTY_DIGEST =
      "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

  @Test
  void byteArraysHaveTheirOfficialDigest() {
    assertThat(Blake3.digest(new byte[0])).isEqualTo(HexFormat.of().parseHex(EMPTY_DIGEST));
  }

  @Test
  void thePropertyForcesJava() {
    assertThat(Blake3.choose("java").name()).isEqualTo("java");
    assertThat(Blake3.choose("java").isNative()).isFalse();
  }

  @Test
  void thePropertyForcesTheBundledLibraryOnItsPlatform() {
    assumeBundledPlatform();
    Blake3 blake3 = Blake3.choose("native");
    assertThat(blake3.isNative()).isTrue();
    assertThat(blake3.name()).matches("native \\(bundled libblake3, \\d+ lanes\\)");
  }

  @Test
  void anUnknownPropertyValueIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Blake3.choose("avx"))
        .withMessage("packhouse.blake3 must be native or java, is \"avx\"");
  }

  @Test
  void thePinnedLibraryIsTheOneOnTheClassPath() throws IOException, GeneralSecurityException {
    byte[] image = bundledImage();
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image)))
        .isEqualTo("c973545d0cd1d36365280cbcfe18437f7addb943d0c3f8c62d30d8b991cf02b3");
    assertThatCode(() -> NativeLibrary.requireBundled(image)).doesNotThrowAnyException();
  }

  @Test
  void aTamperedLibraryIsRefused() throws IOException {
    byte[] image = bundledImage();
    image[1000] = (byte) ~image[1000];
    assertThatExceptionOfType(NativeLibrary.UnusableException.class)
        .isThrownBy(() -> NativeLibrary.requireBundled(image))
        .withMessageContaining("CRC-32 expected=8ff54da0");
  }

  @Test
  void aLibraryThatHashesWrongFailsTheSelfCheck() {
    MethodType shape = NativeLibrary.SHAPE.toMethodType();
    NativeLibrary idle =
        new NativeLibrary(
            "idle", MethodHandles.empty(shape), MethodHandles.empty(shape), MemorySegment.NULL);
    assertThatExceptionOfType(NativeLibrary.UnusableException.class)
        .isThrownBy(() -> Blake3.checked(idle))
        .withMessage("idle fails the self-check: wrong digests");
  }

  @Test
  void theTemporaryFileServesWhereNoMemoryFileCan() throws Exception {
    assumeBundledPlatform();
    NativeLibrary library =
        NativeLibrary.link("unpacked", NativeLibrary.fromTemporaryFile(bundledImage()));
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = Blake3.checked(library).newHasher()) {
      byte[] digest = new byte[Blake3.DIGEST_LENGTH];
      hasher.hash(arena.allocate(1), 0, 0, digest, 0);
      assertThat(digest).isEqualTo(HexFormat.of().parseHex(EMPTY_DIGEST));
    }
  }

  private static byte[] bundledImage() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Blake3.class.getResourceAsStream(NativeLibrary.BUNDLED_RESOURCE))) {
      return in.readAllBytes();
    }
  }

  private static void assumeBundledPlatform() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"));
  }
}
