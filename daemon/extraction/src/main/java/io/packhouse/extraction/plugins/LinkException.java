package io.packhouse.extraction.plugins;

import java.io.IOException;
import java.io.Serial;

/** The other end of a link does not keep to the protocol. */
final class LinkException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  LinkException(String message) {
    super(message);
  }
}
