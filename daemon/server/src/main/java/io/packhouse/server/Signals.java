package io.packhouse.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

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
      InvocationHandler invocation =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  action.run();
                  yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> arguments != null && proxy == arguments[0];
                default -> "handler of " + name;
              };
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(), new Class<?>[] {handler}, invocation);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
