package io.packhouse.server.config;

import io.packhouse.server.net.Endpoint;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Where things are that the configuration does not place: in the user's folders as the XDG base
 * directory specification has them, and in the system's for root. A user without a runtime folder
 * has the socket beside the state. A service has those that systemd makes for it.
 *
 * @param socketFolder of the daemon's socket
 * @param state what the daemon keeps of its own
 */
public record DefaultPaths(Path socketFolder, Path state) {
  private static final Path RUN = Path.of("/run/packhoused");
  private static final Path LIB = Path.of("/var/lib/packhoused");

  /** Those of the user who runs this process. */
  public static DefaultPaths ofProcess() {
    return of(System.getenv(), Objects.equals(System.getProperty("user.name"), "root"));
  }

  static DefaultPaths of(Map<String, String> environment, boolean root) {
    String runtime = environment.get("XDG_RUNTIME_DIR");
    String state = environment.get("XDG_STATE_HOME");
    String home = environment.get("HOME");
    Path lib = LIB;
    if (!root && state != null && isAbsolute(state)) {
      lib = Path.of(state, "packhoused");
    } else if (!root && home != null && isAbsolute(home)) {
      lib = Path.of(home, ".local", "state", "packhoused");
    }
    Path run = root ? RUN : lib;
    if (runtime != null && isAbsolute(runtime)) {
      run = Path.of(runtime, "packhouse");
    }
    return new DefaultPaths(
        ofService(environment, "RUNTIME_DIRECTORY", run),
        ofService(environment, "STATE_DIRECTORY", lib));
  }

  /** The first of the directories that systemd made. */
  private static Path ofService(Map<String, String> environment, String name, Path otherwise) {
    String made = environment.getOrDefault(name, "").split(":", 2)[0];
    return isAbsolute(made) ? Path.of(made) : otherwise;
  }

  private static boolean isAbsolute(String path) {
    return path.startsWith("/");
  }

  /** The socket to listen at where the configuration names none. */
  public Endpoint socket() {
    return new Endpoint.Unix(socketFolder.resolve("packhoused.sock"));
  }
}
