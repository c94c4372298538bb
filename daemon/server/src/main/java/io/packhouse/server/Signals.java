package io.packhouse.server;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Signals of the system. The JDK has no supported way to them but the end of the process; its
 * unsupported one is there on every system that has signals, and is reached by reflection since the
 * compiler warns of it. A shutdown hook would not do: loggers are closed at the same time.
 */
final class Signals {
  private Signals() {}

  /**
   * Runs something whenever a signal comes, in place of what the JVM does.
   *
   * @param name such as {@code TERM}
   * @return whether that is possible: not if the JVM uses the signal itself, or there is none
   */
  static boolean handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      Object instance =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), instance);
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
