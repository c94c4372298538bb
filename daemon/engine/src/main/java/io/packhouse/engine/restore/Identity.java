package io.packhouse.engine.restore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What new files of this process are given by the system, so that calls that would change nothing
 * can be spared. Numbers are −1 where the system does not tell: then nothing is spared.
 *
 * @param umask permission bits that new files lack
 * @param uid owner of new files
 * @param gid group of new files
 */
record Identity(int umask, long uid, long gid) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Of this process, now. Source: proc_pid_status(5); the fourth number is that of file access. */
  static Identity current() {
    int umask = -1;
    long uid = -1;
    long gid = -1;
    try {
      for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
        String[] words = line.trim().split("\\s+", -1);
        if (words.length == 2 && words[0].equals("Umask:")) {
          umask = Integer.parseInt(words[1], 8);
        } else if (words.length == 5 && words[0].equals("Uid:")) {
          uid = Long.parseLong(words[4]);
        } else if (words.length == 5 && words[0].equals("Gid:")) {
          gid = Long.parseLong(words[4]);
        }
      }
    } catch (IOException | NumberFormatException e) {
      return new Identity(-1, -1, -1);
    }
    return new Identity(umask, uid, gid);
  }

  boolean isRoot() {
    return uid == 0;
  }
}
