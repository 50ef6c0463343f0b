/**
 * Duomo: recommendations from one small library and one file. Begin with {@link
 * dev.duomo.Model#open(java.nio.file.Path)}.
 */
package dev.duomo;
