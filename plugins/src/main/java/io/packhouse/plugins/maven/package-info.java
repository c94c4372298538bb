/**
 * Maven packages: jars and their kin, and poms.
 *
 * <dl>
 *   <dt>coordinates
 *   <dd>group, artifact, version, classifier and extension: what names one file of a repository
 *   <dt>layout
 *   <dd>the repository's paths, {@code group/as/directories/artifact/version/} and in it {@code
 *       artifact-version[-classifier].extension}
 *   <dt>base version
 *   <dd>{@code 1.0-SNAPSHOT}, the directory of {@code 1.0-20240102.030405-6}
 *   <dt>pom.properties
 *   <dd>the file below {@code META-INF/maven/group/artifact/} in which Maven records what it built
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.maven;

import org.jspecify.annotations.NullMarked;
