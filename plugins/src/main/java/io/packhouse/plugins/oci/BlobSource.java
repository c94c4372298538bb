package io.packhouse.plugins.oci;

import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where the small documents of an image are: siblings of a layout's index, or members of a tar. */
interface BlobSource {

  /**
   * Documents of manifests, indices and configurations are refused beyond; registries do so too.
   */
  int MAX_DOCUMENT_BYTES = 4 << 20;

  /**
   * A document.
   *
   * @param name its path in the layout, such as {@code blobs/sha256/0a1b…}
   * @return null where it is not there
   * @throws ExtractionException where it is larger than {@link #MAX_DOCUMENT_BYTES}
   */
  byte @Nullable [] document(String name) throws ExtractionException, IOException;
}
