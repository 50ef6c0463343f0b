/**
 * Duomo: recommendations from one small library and one file. Begin with {@link
 * dev.duomo.Model#open(java.nio.file.Path)}. Nothing is null where a type does not say Nullable.
 */
@NullMarked
package dev.duomo;

import org.jspecify.annotations.NullMarked;
