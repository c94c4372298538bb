package io.packhouse.engine.codec.digest;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The choice of an implementation of {@link DigestAlgorithm}s: the system's libcrypto where it can
 * be loaded, else the JDK's. Made at the first use. The system property {@value #PROPERTY} forces
 * {@code native} or {@code java}. Thread-safe; the {@link Digester}s it makes are not.
 */
public final class Digests {
  /** Forces an implementation: {@code native} or {@code java}. */
  public static final String PROPERTY = "packhouse.digests";

  // Double-checked by volatile; a holder class would bury the error of a wrong property.
  private static volatile @Nullable Digests system;

  private final @Nullable NativeDigests library;

  private Digests(@Nullable NativeDigests library) {
    this.library = library;
  }

  /**
   * The implementation for this process.
   *
   * @throws IllegalArgumentException if {@value #PROPERTY} has an unknown value
   * @throws IllegalStateException if it asks for native code and none is usable; says why
   */
  public static Digests system() {
    Digests chosen = system;
    if (chosen == null) {
      synchronized (Digests.class) {
        chosen = system;
        if (chosen == null) {
          chosen = choose(System.getProperty(PROPERTY), NativeDigests.LIBRARY);
          system = chosen;
        }
      }
    }
    return chosen;
  }

  /** The choice for a value of {@value #PROPERTY}, null if it is not set. */
  static Digests choose(@Nullable String forced, String library) {
    if (forced == null) {
      try {
        return new Digests(NativeDigests.load(library));
      } catch (NativeDigests.UnusableException e) {
        System.getLogger(Digests.class.getName()).log(Level.DEBUG, "digests run in Java", e);
        return java();
      }
    }
    return switch (forced) {
      case "java" -> java();
      case "native" -> {
        try {
          yield new Digests(NativeDigests.load(library));
        } catch (NativeDigests.UnusableException e) {
          throw new IllegalStateException(
              PROPERTY + "=native, but no native digests are usable: " + e.getMessage(), e);
        }
      }
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " must be native or java, is \"" + forced + "\"");
    };
  }

  /** The JDK's implementation. */
  static Digests java() {
    return new Digests(null);
  }

  /** Makes a digester, which the caller closes. */
  public Digester newDigester(DigestAlgorithm algorithm) {
    Digester digester = library == null ? null : library.newDigester(algorithm);
    return digester == null ? new JavaDigester(algorithm) : digester;
  }

  /** Whether native code does the work, but for algorithms that it lacks. */
  public boolean isNative() {
    return library != null;
  }

  /** What this is, for people: {@code java}, {@code native (libcrypto.so.3, OpenSSL 3.0.19)}. */
  public String name() {
    return library == null ? "java" : "native (" + library.describe() + ")";
  }
}
