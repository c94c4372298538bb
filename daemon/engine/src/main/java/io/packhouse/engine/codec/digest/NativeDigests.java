package io.packhouse.engine.codec.digest;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The digests of the system's OpenSSL 3.
 *
 * <p>All functions go through <em>one</em> method handle of three integers, since linking each
 * shape costs milliseconds and a call nanoseconds: pointers pass as {@code long}, registers beyond
 * a function's own are ignored by it, and an {@code int} result is the low half. Plain downcalls,
 * not critical ones: a slice takes milliseconds.
 *
 * <p>The library is told to leave the process's exit alone, where its clean-up would free what
 * other threads are still computing with, and to read no configuration. An algorithm is used once
 * it has hashed a message right; one that the library lacks, or refuses, is left to the JDK.
 * Thread-safe.
 */
final class NativeDigests {
  static final String LIBRARY = "libcrypto.so.3";

  // openssl/crypto.h
  private static final long OPENSSL_INIT_NO_LOAD_CONFIG = 0x80;
  private static final long OPENSSL_INIT_NO_ATEXIT = 0x80000;

  /** A library that cannot be used, and why. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private final MethodHandle call;
  private final MemorySegment fetch;
  private final MemorySegment newContext;
  private final MemorySegment freeContext;
  private final MemorySegment begin;
  private final MemorySegment update;
  private final MemorySegment finish;
  private final MemorySegment version;

  /** Implementations by algorithm, 0 where the library has none; never freed. */
  @GuardedBy("this")
  private final Map<DigestAlgorithm, Long> types = new EnumMap<>(DigestAlgorithm.class);

  private NativeDigests(SymbolLookup symbols, MethodHandle call) throws UnusableException {
    this.call = call;
    fetch = find(symbols, "EVP_MD_fetch");
    newContext = find(symbols, "EVP_MD_CTX_new");
    freeContext = find(symbols, "EVP_MD_CTX_free");
    begin = find(symbols, "EVP_DigestInit_ex2");
    update = find(symbols, "EVP_DigestUpdate");
    finish = find(symbols, "EVP_DigestFinal_ex");
    version = find(symbols, "OpenSSL_version_num");
  }

  /** Loads a library of this name, or at this path. */
  @SuppressWarnings("restricted")
  static NativeDigests load(String library) throws UnusableException {
    try {
      if (ADDRESS.byteSize() != Long.BYTES) {
        throw new UnusableException("native digests need a 64-bit platform", null);
      }
      SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
      MethodHandle call =
          Linker.nativeLinker()
              .downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
      NativeDigests digests = new NativeDigests(symbols, call);
      long options = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT;
      if ((int) digests.call(find(symbols, "OPENSSL_init_crypto"), options, 0, 0) != 1) {
        throw new UnusableException(library + " does not start", null);
      }
      return digests;
    } catch (IllegalArgumentException e) {
      throw new UnusableException("cannot load " + library, e);
    } catch (IllegalCallerException | UnsupportedOperationException e) {
      throw new UnusableException("this JVM does not allow native calls: " + e, e);
    }
  }

  private static MemorySegment find(SymbolLookup symbols, String name) throws UnusableException {
    return symbols
        .find(name)
        .orElseThrow(() -> new UnusableException(LIBRARY + " does not export " + name, null));
  }

  private long call(MemorySegment function, long a, long b, long c) {
    try {
      return (long) call.invokeExact(function, a, b, c);
    } catch (Throwable e) {
      throw new AssertionError("a native call threw", e);
    }
  }

  /** A digester; null where the library has no such algorithm. */
  @Nullable NativeDigester newDigester(DigestAlgorithm algorithm) {
    long type = type(algorithm);
    return type == 0 ? null : new NativeDigester(this, algorithm, type);
  }

  private synchronized long type(DigestAlgorithm algorithm) {
    Long known = types.get(algorithm);
    if (known != null) {
      return known;
    }
    long type;
    try (Arena arena = Arena.ofConfined()) {
      type = call(fetch, 0, arena.allocateFrom(algorithm.standardName()).address(), 0);
    }
    if (type != 0 && !isRight(algorithm, type)) {
      type = 0;
    }
    if (type == 0) {
      System.getLogger(NativeDigests.class.getName())
          .log(Level.DEBUG, "no usable {0} in {1}", algorithm, LIBRARY);
    }
    types.put(algorithm, type);
    return type;
  }

  /** Whether the example of the algorithm's standard comes out. */
  private boolean isRight(DigestAlgorithm algorithm, long type) {
    byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
    byte[] digest = new byte[algorithm.length()];
    try (Arena arena = Arena.ofConfined();
        NativeDigester digester = new NativeDigester(this, algorithm, type)) {
      digester.hash(arena.allocateFrom(ValueLayout.JAVA_BYTE, abc), 0, abc.length, digest, 0);
      return Arrays.equals(digest, algorithm.digestOfAbc());
    } catch (IllegalStateException e) {
      return false; // refused, as by a policy of the system
    }
  }

  long newContext() {
    long context = call(newContext, 0, 0, 0);
    if (context == 0) {
      throw new OutOfMemoryError("no memory for a context of " + LIBRARY);
    }
    return context;
  }

  void freeContext(long context) {
    call(freeContext, context, 0, 0);
  }

  void begin(long context, long type) {
    require(call(begin, context, type, 0));
  }

  void update(long context, long address, long length) {
    require(call(update, context, address, length));
  }

  void finish(long context, long target) {
    require(call(finish, context, target, 0));
  }

  private static void require(long result) {
    if ((int) result != 1) {
      throw new IllegalStateException(LIBRARY + " could not compute a digest");
    }
  }

  /** For people: {@code libcrypto.so.3, OpenSSL 3.0.19}. */
  String describe() {
    long number = call(version, 0, 0, 0); // MNN00PP0, openssl/opensslv.h
    return LIBRARY
        + ", OpenSSL "
        + (number >>> 28 & 0xf)
        + "."
        + (number >>> 20 & 0xff)
        + "."
        + (number >>> 4 & 0xff);
  }
}
