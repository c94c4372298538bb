/**
 * Crates, the packages of Rust's Cargo: {@code .crate} files, which are gzipped tars.
 *
 * <dl>
 *   <dt>manifest
 *   <dd>{@code Cargo.toml}, as Cargo rewrote it when it packed the crate; as the author wrote it in
 *       crates from before 2016
 *   <dt>crate directory
 *   <dd>{@code name-version/}, in which all members lie
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.cargo;

import org.jspecify.annotations.NullMarked;
