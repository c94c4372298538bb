/**
 * NuGet packages of .NET, and their symbol packages.
 *
 * <dl>
 *   <dt>nuspec
 *   <dd>the manifest, an XML document at the root of the zip
 *   <dt>normalised version
 *   <dd>a version as the registry and the client's folders write it: at least three numbers without
 *       leading zeros, a fourth only where it is not 0, and no build metadata
 *   <dt>short folder name
 *   <dd>a target framework as in folders of a package: {@code net472}, {@code netstandard2.0}
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.nuget;

import org.jspecify.annotations.NullMarked;
