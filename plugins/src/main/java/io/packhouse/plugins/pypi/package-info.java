/**
 * Python packages: wheels, source distributions and eggs.
 *
 * <dl>
 *   <dt>core metadata
 *   <dd>the fields of {@code METADATA} and {@code PKG-INFO}, versions 1.0 to 2.5
 *   <dt>sdist
 *   <dd>a source distribution: an archive with one folder at its top, {@code name-version/}
 *   <dt>egg-info
 *   <dd>the folder in which setuptools keeps what {@code PKG-INFO} did not have fields for
 *   <dt>requirement
 *   <dd>a dependency as PEP 508 writes it: name, extras, specifier or address, marker
 *   <dt>extra
 *   <dd>a named set of optional dependencies
 *   <dt>tag
 *   <dd>what a wheel runs on: Python, ABI and platform
 *   <dt>stem
 *   <dd>a file name without its extension
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.pypi;

import org.jspecify.annotations.NullMarked;
