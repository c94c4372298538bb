package io.packhouse.engine.extract;

import io.packhouse.spi.PackageMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What an extractor said about one file.
 *
 * @param packageType the extractor's
 * @param metadata null if it failed and could tell nothing
 * @param error why it failed, else null
 */
public record Extraction(
    String packageType, @Nullable PackageMetadata metadata, @Nullable String error) {}
