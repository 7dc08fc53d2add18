/** Writes the package {@code freshet-VERSION.tar.gz}. Read {@link PackageMain} first. */
package dev.freshet.packaging;
