package io.packhouse.engine.codec.blake3;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The two functions of the BLAKE3 team's C library that are called, found in a loaded library.
 *
 * <p>Pointers pass as {@code long}: the source's liveness is checked once a hash, not at each call,
 * and shared arenas are spared the atomic counting that address parameters cost. One call shape for
 * all functions, since linking each costs milliseconds of start-up.
 *
 * @param origin where the library came from, for people
 * @param hashMany {@code blake3_hash_many}
 * @param compress {@code blake3_compress_in_place}
 * @param simdDegree address of {@code blake3_simd_degree}, linked only when asked
 */
record NativeLibrary(
    String origin, MethodHandle hashMany, MethodHandle compress, MemorySegment simdDegree) {

  /** Where {@code org.alephium:blake3-jni} keeps its library for x86-64 Linux. */
  static final String BUNDLED_RESOURCE = "/libblake3.so";

  /**
   * CRC-32 of that library in version 0.3.0, the only one that is loaded. It tells another version
   * or a damaged jar. Against malice it is no weaker than a digest would be: who can change this
   * jar can change the one with this class. The build holds the library against its SHA-256.
   */
  static final long BUNDLED_CRC32 = 0x8ff54da0L;

  /** Room for the library with some to spare: nothing larger is read. */
  private static final int MAX_LIBRARY_LENGTH = 1 << 20;

  private static final List<String> SYSTEM_NAMES = List.of("libblake3.so.0", "libblake3.so");

  /**
   * The shape of all calls: that of {@code blake3_hash_many}. Functions of up to five integers and
   * pointers get theirs in the same registers and do not see the rest; what a function that returns
   * nothing seems to return is arbitrary.
   */
  static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(
          JAVA_LONG,
          JAVA_LONG, // const uint8_t *const *inputs
          JAVA_LONG, // size_t num_inputs
          JAVA_LONG, // size_t blocks
          JAVA_LONG, // const uint32_t key[8]
          JAVA_LONG, // uint64_t counter
          JAVA_BOOLEAN, // bool increment_counter
          JAVA_BYTE, // uint8_t flags
          JAVA_BYTE, // uint8_t flags_start
          JAVA_BYTE, // uint8_t flags_end
          JAVA_LONG); // uint8_t *out

  /** A library that cannot be used, and why. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The library of the jar on the class path, checked against its pinned digest. */
  static NativeLibrary bundled() throws UnusableException {
    requirePlatform();
    String os = System.getProperty("os.name", "");
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    if (!os.equals("Linux") || !(arch.equals("amd64") || arch.equals("x86_64"))) {
      throw new UnusableException(
          "bundled libblake3 is for Linux on x86-64, this is " + os + " on " + arch, null);
    }
    byte[] image;
    try (InputStream in = NativeLibrary.class.getResourceAsStream(BUNDLED_RESOURCE)) {
      if (in == null) {
        throw new UnusableException("no " + BUNDLED_RESOURCE + " on the class path", null);
      }
      image = in.readNBytes(MAX_LIBRARY_LENGTH);
    } catch (IOException e) {
      throw new UnusableException("cannot read " + BUNDLED_RESOURCE + ": " + e.getMessage(), e);
    }
    requireBundled(image);
    return load(image);
  }

  /** Refuses an image that is not the one that this class was written for. */
  static void requireBundled(byte[] image) throws UnusableException {
    CRC32 crc = new CRC32();
    crc.update(image);
    if (crc.getValue() != BUNDLED_CRC32) {
      throw new UnusableException(
          String.format(
              "bundled libblake3 is not the expected one: CRC-32 expected=%08x, found=%08x",
              BUNDLED_CRC32, crc.getValue()),
          null);
    }
  }

  private static NativeLibrary load(byte[] image) throws UnusableException {
    SymbolLookup symbols;
    try {
      symbols = fromMemory(image);
    } catch (UnusableException inMemory) {
      try {
        symbols = fromTemporaryFile(image);
      } catch (UnusableException inFile) {
        inFile.addSuppressed(inMemory);
        throw inFile;
      }
    }
    return link("bundled libblake3", symbols);
  }

  /** The library that the system's dynamic linker finds by name. */
  static NativeLibrary system() throws UnusableException {
    requirePlatform();
    UnusableException failure = new UnusableException("no libblake3 on the system", null);
    for (String name : SYSTEM_NAMES) {
      try {
        return link("system " + name, open(name));
      } catch (UnusableException e) {
        failure.addSuppressed(e);
      }
    }
    throw failure;
  }

  /** Lanes that the library's kernel for this processor works on at once: 16 is AVX-512. */
  @SuppressWarnings("restricted")
  int lanes() {
    MethodHandle handle =
        Linker.nativeLinker().downcallHandle(simdDegree, FunctionDescriptor.of(JAVA_LONG));
    try {
      return (int) (long) handle.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError("a native call threw", e);
    }
  }

  /** Calls a function of up to five integers and pointers. */
  static long callShort(MethodHandle function, long a, long b, long c, long d, long e)
      throws Throwable {
    return (long) function.invokeExact(a, b, c, d, e, false, (byte) 0, (byte) 0, (byte) 0, 0L);
  }

  private static void requirePlatform() throws UnusableException {
    // Chaining values pass between bytes and native words as they are, pointers as longs.
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN || ADDRESS.byteSize() != Long.BYTES) {
      throw new UnusableException("native code needs a little-endian 64-bit platform", null);
    }
  }

  /**
   * Loads through an anonymous memory file: works where no directory may hold executables.
   *
   * <p>The descriptor stays open for the life of the process. The dynamic linker knows libraries by
   * path, so a later library on a reused descriptor number would be taken for this one.
   */
  @SuppressWarnings("restricted")
  private static SymbolLookup fromMemory(byte[] image) throws UnusableException {
    Linker linker = Linker.nativeLinker();
    MemorySegment function =
        linker
            .defaultLookup()
            .find("memfd_create")
            .orElseThrow(() -> new UnusableException("no memfd_create", null));
    MethodHandle memfdCreate = linker.downcallHandle(function, SHAPE);
    long closeOnExec = 1; // MFD_CLOEXEC, linux/memfd.h
    int descriptor;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom("libblake3");
      descriptor = (int) callShort(memfdCreate, name.address(), closeOnExec, 0, 0, 0);
    } catch (Throwable e) {
      throw new AssertionError("a native call threw", e);
    }
    if (descriptor < 0) {
      throw new UnusableException("memfd_create failed", null);
    }
    String path = "/proc/self/fd/" + descriptor;
    try {
      Files.write(Path.of(path), image);
    } catch (IOException e) {
      throw new UnusableException("cannot write " + path + ": " + e.getMessage(), e);
    }
    return open(path);
  }

  static SymbolLookup fromTemporaryFile(byte[] image) throws UnusableException {
    try {
      Path file = Files.createTempFile("libblake3-", ".so");
      try {
        Files.write(file, image);
        return open(file.toString());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UnusableException(
          "cannot unpack libblake3 into java.io.tmpdir: " + e.getMessage(), e);
    }
  }

  /** {@code dlopen}; by string, since a path would be resolved to the memory file's dead name. */
  @SuppressWarnings("restricted")
  private static SymbolLookup open(String nameOrPath) throws UnusableException {
    try {
      return SymbolLookup.libraryLookup(nameOrPath, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new UnusableException("cannot load " + nameOrPath, e);
    }
  }

  @SuppressWarnings("restricted")
  static NativeLibrary link(String origin, SymbolLookup symbols) throws UnusableException {
    Linker linker = Linker.nativeLinker();
    return new NativeLibrary(
        origin,
        linker.downcallHandle(find(symbols, origin, "blake3_hash_many"), SHAPE),
        linker.downcallHandle(find(symbols, origin, "blake3_compress_in_place"), SHAPE),
        find(symbols, origin, "blake3_simd_degree"));
  }

  private static MemorySegment find(SymbolLookup symbols, String origin, String name)
      throws UnusableException {
    return symbols
        .find(name)
        .orElseThrow(() -> new UnusableException(origin + " does not export " + name, null));
  }
}
