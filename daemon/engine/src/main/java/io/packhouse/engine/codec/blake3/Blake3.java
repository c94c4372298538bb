package io.packhouse.engine.codec.blake3;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An implementation of BLAKE3-256, and the choice of one. Thread-safe; the {@link Hasher}s it makes
 * are not.
 *
 * <p>The first of these that works is chosen, at the first use: the library bundled as a dependency
 * (x86-64 Linux), the system's libblake3, Java. Native code is trusted only after it hashed two
 * messages right. The system property {@value #PROPERTY} forces {@code native} or {@code java}.
 */
public final class Blake3 {

  /** Length of a digest and of a chaining value, in bytes. */
  public static final int DIGEST_LENGTH = 32;

  /** Length of a chunk, in bytes. */
  public static final int CHUNK_LENGTH = 1024;

  /** Forces an implementation: {@code native} or {@code java}. */
  public static final String PROPERTY = "packhouse.blake3";

  /** Longest message of the self-check: 31 chunks, so each width of a kernel gets its turn. */
  private static final int CHECK_LENGTH = 31744;

  private static final String CHECK_DIGEST =
      "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47";

  /** Eight chunks and one byte: a partial chunk, and an odd node on each level. */
  private static final int ODD_CHECK_LENGTH = 8193;

  private static final String ODD_CHECK_DIGEST =
      "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b";

  private static final class Java {
    static final Blake3 INSTANCE = new Blake3(null, arena -> new JavaKernel());
  }

  // Double-checked by volatile; a holder class would bury the error of a wrong property.
  private static volatile @Nullable Blake3 system;

  private final @Nullable NativeLibrary library;
  private final Function<Arena, Kernel> kernels;

  private Blake3(@Nullable NativeLibrary library, Function<Arena, Kernel> kernels) {
    this.library = library;
    this.kernels = kernels;
  }

  /**
   * The implementation for this process.
   *
   * @throws IllegalArgumentException if {@value #PROPERTY} has an unknown value
   * @throws IllegalStateException if it asks for native code and none is usable; says why
   */
  public static Blake3 system() {
    Blake3 chosen = system;
    if (chosen == null) {
      synchronized (Blake3.class) {
        chosen = system;
        if (chosen == null) {
          chosen = choose(System.getProperty(PROPERTY));
          system = chosen;
        }
      }
    }
    return chosen;
  }

  /** The choice for a value of {@value #PROPERTY}, null if it is not set. */
  static Blake3 choose(@Nullable String forced) {
    if (forced == null) {
      try {
        return nativeCode();
      } catch (NativeLibrary.UnusableException e) {
        System.getLogger(Blake3.class.getName()).log(Level.DEBUG, "BLAKE3 runs in Java", e);
        return java();
      }
    }
    return switch (forced) {
      case "java" -> java();
      case "native" -> {
        try {
          yield nativeCode();
        } catch (NativeLibrary.UnusableException e) {
          throw new IllegalStateException(
              PROPERTY + "=native, but no native BLAKE3 is usable: " + reasons(e), e);
        }
      }
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " must be native or java, is \"" + forced + "\"");
    };
  }

  /** The implementation in Java. */
  static Blake3 java() {
    return Java.INSTANCE;
  }

  private static Blake3 nativeCode() throws NativeLibrary.UnusableException {
    try {
      NativeLibrary.UnusableException failure;
      try {
        return checked(NativeLibrary.bundled());
      } catch (NativeLibrary.UnusableException e) {
        failure = e;
      }
      try {
        return checked(NativeLibrary.system());
      } catch (NativeLibrary.UnusableException e) {
        failure.addSuppressed(e);
        throw failure;
      }
    } catch (IllegalCallerException | UnsupportedOperationException e) {
      throw new NativeLibrary.UnusableException("this JVM does not allow native calls: " + e, e);
    }
  }

  /** The implementation on a library, once its digests are right. */
  static Blake3 checked(NativeLibrary library) throws NativeLibrary.UnusableException {
    Blake3 candidate = new Blake3(library, arena -> new NativeKernel(library, arena));
    byte[] message = new byte[CHECK_LENGTH];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) (i % 251);
    }
    byte[] digest = new byte[DIGEST_LENGTH];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = new Hasher(candidate.kernels, Arena.ofConfined())) {
      MemorySegment source = arena.allocate(CHECK_LENGTH);
      source.copyFrom(MemorySegment.ofArray(message));
      hasher.hash(source, 0, CHECK_LENGTH, digest, 0);
      boolean right = Arrays.equals(digest, HexFormat.of().parseHex(CHECK_DIGEST));
      hasher.hash(source, 0, ODD_CHECK_LENGTH, digest, 0);
      right &= Arrays.equals(digest, HexFormat.of().parseHex(ODD_CHECK_DIGEST));
      if (!right) {
        throw new NativeLibrary.UnusableException(
            library.origin() + " fails the self-check: wrong digests", null);
      }
    }
    return candidate;
  }

  /** Digest of a byte array, for the odd small thing: makes and frees a hasher. */
  public static byte[] digest(byte[] data) {
    byte[] digest = new byte[DIGEST_LENGTH];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = new Hasher(system().kernels, Arena.ofConfined())) {
      MemorySegment source = arena.allocate(data.length);
      source.copyFrom(MemorySegment.ofArray(data));
      hasher.hash(source, 0, data.length, digest, 0);
    }
    return digest;
  }

  /** Makes a hasher, which the caller closes. */
  public Hasher newHasher() {
    return new Hasher(kernels, Arena.ofShared());
  }

  /** Whether native code does the work. */
  public boolean isNative() {
    return library != null;
  }

  /** What this is, for people: {@code java}, {@code native (bundled libblake3, 16 lanes)}. */
  public String name() {
    return library == null
        ? "java"
        : "native (" + library.origin() + ", " + library.lanes() + " lanes)";
  }

  private static String reasons(Throwable e) {
    StringBuilder reasons = new StringBuilder(String.valueOf(e.getMessage()));
    for (Throwable suppressed : e.getSuppressed()) {
      reasons.append("; ").append(reasons(suppressed));
    }
    return reasons.toString();
  }
}
