/**
 * The service provider interface of metadata extractors: one interface and a few records, with no
 * dependency but the JDK and JSpecify's annotations.
 *
 * <dl>
 *   <dt>extractor
 *   <dd>a {@link io.packhouse.spi.PackageExtractor}, found with {@link java.util.ServiceLoader},
 *       that reads package files of one package type
 *   <dt>host
 *   <dd>the program that loads extractors, routes files to them and keeps their results
 *   <dt>package file
 *   <dd>one regular file of a packed tree, seen through {@link io.packhouse.spi.PackageFile}
 *   <dt>package type
 *   <dd>the type of a package URL (purl): {@code maven}, {@code npm}, {@code deb}, …
 *   <dt>common columns
 *   <dd>the components of {@link io.packhouse.spi.PackageMetadata} that every type shares
 *   <dt>own columns
 *   <dd>what a type adds to them, declared as {@link io.packhouse.spi.ColumnSpec}s; they become the
 *       fields of one nullable struct column that is named as the package type
 *   <dt>nested package
 *   <dd>a package found inside a package file, such as a jar in a war
 * </dl>
 *
 * <p>Input is hostile until checked. On bytes of any kind an extractor ends in one of three ways:
 * metadata, {@code null}, or an {@link io.packhouse.spi.ExtractionException}. Nullness: nothing is
 * nullable unless it says so.
 */
@NullMarked
package io.packhouse.spi;

import org.jspecify.annotations.NullMarked;
