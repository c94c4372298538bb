/**
 * An archive's packages as bills of materials that other tools read.
 *
 * <dl>
 *   <dt>bill
 *   <dd>the document: CycloneDX 1.6, SPDX 2.3 or SPDX 3.0.1
 *   <dt>package
 *   <dd>an entry that an extractor took for a package; one of type {@code generic} is none
 *   <dt>ordinal
 *   <dd>a package's number in a bill, from 0, in the order of {@link
 *       io.packhouse.client.sbom.PackageOrder}; references are made of it
 *   <dt>edge
 *   <dd>a dependency of a package that a package of the same bill meets
 * </dl>
 *
 * <p>Archives are read twice, for the names of their packages and then for all else, and written as
 * they are read: what grows with them in memory is a name and a number for each package, and three
 * numbers for each edge.
 */
@NullMarked
package io.packhouse.client.sbom;

import org.jspecify.annotations.NullMarked;
