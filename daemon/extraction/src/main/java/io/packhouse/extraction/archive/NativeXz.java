package io.packhouse.extraction.archive;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The decoder of the system's liblzma 5. All functions go through one method handle of three
 * integers: pointers pass as {@code long}, registers beyond a function's own are ignored by it, and
 * an {@code int} result is the low half. Thread-safe.
 */
final class NativeXz {

  /** Forces an implementation: {@code java}; by default liblzma is used where there is one. */
  static final String PROPERTY = "packhouse.xz";

  private static final String LIBRARY = "liblzma.so.5";

  private static final @Nullable NativeXz SYSTEM = load();

  private final MethodHandle call;
  private final MemorySegment decoder;
  private final MemorySegment code;
  private final MemorySegment memoryUsage;
  private final MemorySegment end;

  private NativeXz(SymbolLookup symbols, MethodHandle call) {
    this.call = call;
    decoder = symbols.findOrThrow("lzma_stream_decoder");
    code = symbols.findOrThrow("lzma_code");
    memoryUsage = symbols.findOrThrow("lzma_memusage");
    end = symbols.findOrThrow("lzma_end");
  }

  /** The library; null where there is none, or it is not to be used. */
  static @Nullable NativeXz system() {
    return SYSTEM;
  }

  @SuppressWarnings("restricted")
  private static @Nullable NativeXz load() {
    if (ADDRESS.byteSize() != Long.BYTES || "java".equals(System.getProperty(PROPERTY))) {
      return null;
    }
    try {
      SymbolLookup symbols = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
      MethodHandle call =
          Linker.nativeLinker()
              .downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
      return new NativeXz(symbols, call);
    } catch (RuntimeException e) {
      System.getLogger(NativeXz.class.getName()).log(Level.DEBUG, "xz is decoded in Java", e);
      return null;
    }
  }

  private long call(MemorySegment function, long a, long b, long c) {
    try {
      return (long) call.invokeExact(function, a, b, c);
    } catch (Throwable e) {
      throw new AssertionError("a native call threw", e);
    }
  }

  /** {@code lzma_stream_decoder}. */
  int decoder(MemorySegment stream, long memoryLimit, int flags) {
    return (int) call(decoder, stream.address(), memoryLimit, flags);
  }

  /** {@code lzma_code}. */
  int code(MemorySegment stream, int action) {
    return (int) call(code, stream.address(), action, 0);
  }

  /** {@code lzma_memusage}, in bytes. */
  long memoryUsage(MemorySegment stream) {
    return call(memoryUsage, stream.address(), 0, 0);
  }

  /** {@code lzma_end}. */
  void end(MemorySegment stream) {
    var _ = call(end, stream.address(), 0, 0);
  }
}
