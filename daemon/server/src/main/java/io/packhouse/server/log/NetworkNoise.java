package io.packhouse.server.log;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Makes the libraries say no more than a line of connections that break, and nothing of what
 * follows from it: clients that vanish are everyday events.
 */
final class NetworkNoise {
  /** A client went away, or broke off a call, while an answer to it was waiting to be sent. */
  private static final String UNSENT = "Stream closed before write could take place";

  /** Says of every connection of a Unix socket that TCP's options are not for it. */
  private static final Logger BOOTSTRAP = Logger.getLogger("io.netty.bootstrap");

  /** Look for the machine's networks, and complain where a daemon is given none. */
  private static final Logger INTERFACES = Logger.getLogger("io.netty.util.NetUtilInitializations");

  private static final Logger HARDWARE = Logger.getLogger("io.netty.util.internal.MacAddressUtil");

  private static final Logger STREAMS = Logger.getLogger("io.grpc.netty.NettyServerHandler");
  private static final Logger CONNECTIONS =
      Logger.getLogger("io.grpc.netty.NettyServerTransport.connections");

  /** Held: java.util.logging forgets the settings of loggers that nobody holds. */
  private static final List<Logger> ALL =
      List.of(BOOTSTRAP, INTERFACES, HARDWARE, STREAMS, CONNECTIONS);

  private NetworkNoise() {}

  static void keepDown() {
    for (Logger logger : ALL) {
      logger.setFilter(NetworkNoise::isOfInterest);
    }
    for (Logger logger : List.of(BOOTSTRAP, INTERFACES, HARDWARE)) {
      logger.setLevel(Level.SEVERE);
    }
  }

  private static boolean isOfInterest(LogRecord logged) {
    Throwable thrown = logged.getThrown();
    if (thrown != null && UNSENT.equals(thrown.getMessage())) {
      return false;
    }
    if (thrown != null && "Transport failed".equals(logged.getMessage())) {
      logged.setMessage("a connection broke: " + thrown.getMessage());
      logged.setThrown(null);
    }
    return true;
  }
}
