/** Duomo: recommendations from one small library and one file. */
module dev.duomo {
  exports dev.duomo;
}
