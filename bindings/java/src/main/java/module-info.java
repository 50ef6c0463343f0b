/** Duomo: recommendations from one small library and one file. */
module dev.duomo {
  requires static org.jspecify;

  exports dev.duomo;
}
