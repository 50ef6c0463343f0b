package dev.duomo;

/** What a model says of itself. */
public final class ModelInfo {
  /** How a model scores. */
  public enum Head {
    /** The cosine of two vectors, times a scale. */
    COSINE,
    /** Their dot product, with biases. */
    DOT,
    /** A joint tower; such models answer {@link Model#rank} only. */
    LOGISTIC
  }

  /** Of the description: "hybrid". */
  public final String name;

  /** Of predictions: "stars". */
  public final String unit;

  /** How the model scores. */
  public final Head head;

  /** Known users. */
  public final long userCount;

  /** Known items. */
  public final long itemCount;

  /** Floats in a vector; 0 for logistic models. */
  public final int vectorWidth;

  /** Bytes. */
  public final long fileSize;

  /** Whether user vectors are in the file; else the user tower runs when asked. */
  public final boolean hasUserVectors;

  /** Whether the file knows what its users have seen. */
  public final boolean hasHistory;

  /** Whether items have titles. */
  public final boolean hasTitles;

  /** Whether the bytes were copied, neither mapped nor borrowed. */
  public final boolean copied;

  /** The lowest prediction; infinite where there is no bound. */
  public final float minimumOutput;

  /** The highest prediction; infinite where there is no bound. */
  public final float maximumOutput;

  /** Of the file's content: another content has another one. */
  public final long fingerprint;

  final int inputCount;
  final int attributeCount;
  final int metadataCount;

  ModelInfo(long[] numbers, float[] range, byte[][] texts) {
    name = Native.string(texts[0]);
    unit = Native.string(texts[1]);
    head = Head.values()[(int) numbers[0]];
    userCount = numbers[1];
    itemCount = numbers[2];
    vectorWidth = (int) numbers[3];
    inputCount = (int) numbers[4];
    fileSize = numbers[5];
    hasUserVectors = numbers[6] != 0;
    hasHistory = numbers[7] != 0;
    hasTitles = numbers[8] != 0;
    copied = numbers[9] != 0;
    fingerprint = numbers[10];
    attributeCount = (int) numbers[11];
    metadataCount = (int) numbers[12];
    minimumOutput = range[0];
    maximumOutput = range[1];
  }
}
