package io.packhouse.client.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the bases of deltas are, for verbs that read contents. */
final class BaseOptions {
  private List<Path> places = new ArrayList<>();

  void describe(Syntax syntax) {
    syntax.list(
        "--base",
        "PATH",
        Path.class,
        "Of a delta: look for its bases here, too, a file or a folder; may be repeated [the folder"
            + " that it is in]",
        value -> places = value);
  }

  /** Files and folders to look in. */
  List<Path> places() {
    return List.copyOf(places);
  }

  /** Refuses them where a daemon works, which looks in its folder. */
  void refuseRemote() throws Failure {
    RemoteOptions.refuse(places.isEmpty() ? null : places, "--base");
  }
}
