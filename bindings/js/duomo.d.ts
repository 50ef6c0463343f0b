/// <reference lib="es2021" />
/// <reference lib="dom" />
/// <reference lib="esnext.disposable" />

/**
 * Duomo: recommendations from one small library and one file.
 *
 * ```js
 * import {open} from 'duomo';
 * const model = await open('shop.duomo');
 * for (const {id, score, title} of model.topk(3, {k: 5, excludeSeen: true})) console.log(score, title);
 * ```
 *
 * Everything belongs to the thread that opened it: give each worker a model of its own. Calls are synchronous and
 * take microseconds. What fails throws a {@link DuomoError}; values that no call could take throw TypeError or
 * RangeError.
 */

/** The version of this package and of the duomo.wasm in it. */
export const version: string;

/**
 * A user or item. A `number` where it is one exactly, else a `bigint` (ids of string keys are 63 bits). Both are
 * taken everywhere; a number with a fraction or beyond 2^53 is refused.
 */
export type Id = number | bigint;

/** A user or item by its string key, in catalogues that have such. */
export type Key = string;

/** Many ids, or many keys; not both in one list. A BigInt64Array is used as it lies. */
export type Many = Iterable<Id> | Iterable<Key>;

/** Numbers: a typed array or a list. */
export type Numbers = Float32Array | Float64Array | Int32Array | readonly number[];

// ---- Opening ------------------------------------------------------------------------------------------------

/**
 * Where a model comes from: the bytes of a .duomo file; a response of `fetch()` or a promise of one, which is read
 * as it arrives; a URL, or in node the path of a file; a Blob or File; a stream of bytes.
 */
export type Source = ArrayBufferLike | ArrayBufferView | Response | Promise<Response> | string | URL | Blob |
    ReadableStream<Uint8Array> | Promise<ArrayBufferLike | ArrayBufferView | Blob>;

export interface Progress {
  /** Bytes so far. */
  loaded: number;
  /** Bytes in all; undefined where the server does not say. */
  total: number | undefined;
}

export interface OpenOptions {
  /** Verify the checksums of the whole file; otherwise only those of what is small. */
  verify?: boolean;
  /** Build the search index of a file that has none, at up to 10 microseconds an item. */
  prepare?: boolean;
  /** Called whenever a piece has arrived. */
  onProgress?: (progress: Progress) => void;
  /** Ends the loading; `open` then throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Opens a model, in the instance of duomo.wasm that all such models share.
 *
 * @throws {DuomoError} `DUOMO_IO_ERROR`: it cannot be read, or broke off; `DUOMO_CORRUPT`: it is no .duomo file, or a
 * damaged one; `DUOMO_UNSUPPORTED_VERSION`: it is newer than this package; `DUOMO_OUT_OF_MEMORY`;
 * `DUOMO_UNSUPPORTED`: this engine is too old for duomo.wasm.
 */
export function open(source: Source, options?: OpenOptions): Promise<Model>;

export interface LoadOptions {
  /**
   * duomo.wasm in another way than from inside the package: its bytes, a response of `fetch()`, or a module that was
   * compiled already, for instance by another worker. It must be of this package's version.
   */
  wasm?: ArrayBufferLike | ArrayBufferView | Response | Promise<Response> | WebAssembly.Module;
}

/** Another instance of duomo.wasm, with memory of its own, which goes when nothing refers to it any more. */
export function load(options?: LoadOptions): Promise<Duomo>;

/** An instance of duomo.wasm. */
export interface Duomo {
  readonly version: string;
  /** One line for reports: how it was built. */
  readonly buildInfo: string;
  /** After a defect in duomo.wasm, which is reported as `DUOMO_INTERNAL`, nothing more is called in it. */
  readonly broken: boolean;
  /** The id that a string key has in every file, whether or not one has it. */
  idOfKey(key: Key): Id;
  /** Opens a model in this instance. */
  open(source: Source, options?: OpenOptions): Promise<Model>;
}
export const Duomo: {readonly prototype: Duomo};

// ---- Errors -------------------------------------------------------------------------------------------------

export type ErrorCode = 'DUOMO_INVALID_ARGUMENT' | 'DUOMO_NOT_FOUND' | 'DUOMO_OUT_OF_MEMORY' | 'DUOMO_IO_ERROR' |
    'DUOMO_CORRUPT' | 'DUOMO_UNSUPPORTED_VERSION' | 'DUOMO_UNSUPPORTED' | 'DUOMO_INTERNAL' | 'DUOMO_CANCELLED';

export type ErrorKind = 'NULL' | 'STRUCT_SIZE' | 'VALUE' | 'CONFLICT' | 'OFFSETS' | 'NOT_UTF8' | 'NOT_FINITE' |
    'UNKNOWN_ID' | 'UNKNOWN_NAME' | 'UNKNOWN_VALUE' | 'LACKING';

export type ErrorArgument = 'OUT' | 'MODEL' | 'CONTEXT' | 'OPTIONS' | 'FILE' | 'REQUEST' | 'USERS' | 'ITEMS' | 'QUERIES' |
    'FEATURES' | 'HISTORY' | 'EXCLUDE' | 'ALLOW' | 'FILTERS' | 'LIMITS' | 'NAME' | 'VALUES';

/** Whatever Duomo refuses. */
export class DuomoError extends Error {
  constructor(code: ErrorCode, message: string, more?: {
    kind?: ErrorKind, argument?: ErrorArgument, position?: number, cause?: unknown,
  });
  readonly name: 'DuomoError';
  /** What kind of failure it is. */
  readonly code: ErrorCode;
  /** The number of the code, as in duomo.h. */
  readonly status: number;
  /** The same, finer, where it is known. */
  readonly kind: ErrorKind | undefined;
  /** Which argument was wrong. */
  readonly argument: ErrorArgument | undefined;
  /** Which element of it. */
  readonly position: number | undefined;
}

// ---- What is asked ------------------------------------------------------------------------------------------

/** What holds for an attribute or input: conditions that must all hold. */
export interface Condition {
  /** It has at least one of these values. */
  any?: string | Id | Many;
  /** It has all of them. */
  all?: string | Id | Many;
  /** It has none of them. */
  none?: string | Id | Many;
  /** Its number is at least this; a Date for times. */
  minimum?: number | bigint | Date;
  /** Its number is at most this. */
  maximum?: number | bigint | Date;
  /** Its number is more than this. */
  above?: number | bigint | Date;
  /** Its number is less than this. */
  below?: number | bigint | Date;
  /** A value that the attribute or input does not have is an error; otherwise no item has it. */
  strict?: boolean;
}

/**
 * Which items (or users, where those are searched) may be results, by the names of attributes and inputs:
 * `{genres: ['Drama', 'Crime'], year: {minimum: 1990, below: 2000}}`. A value or a list of values is short for
 * `{any: …}`. A list of such objects: all of them hold.
 */
export type Where = Readonly<Record<string, string | Id | Many | Condition>>;

export interface SharedOptions {
  /** How many results, at least 1; 10 where nothing is said. Fewer come where there are no more. */
  k?: number;
  /** How many for each query, from 0. */
  kEach?: Iterable<number>;
  /** Not to be returned for any query; what the model does not have does no harm. */
  exclude?: Id | Key | Many;
  /** Not to be returned: a list for each query. */
  excludeEach?: Iterable<Many | null | undefined>;
  /** Only results that meet these. */
  where?: Where | Iterable<Where>;
  /** At most so many results of one value: `{artist: 2}`. */
  limits?: Readonly<Record<string, number>>;
  /** Only results with at least this score. */
  minimumScore?: number;
  /** Look into so many of the likeliest lists only, where the file has lists (0: as many as it says): faster, and may miss. */
  probes?: number;
}

/** Searches that return items. */
export interface ItemSearch extends SharedOptions {
  /** Only these items; an empty list allows none. */
  allow?: Id | Key | Many | ItemSet;
  /** Only the items of these sets, a set for each query; null allows all. */
  allowEach?: Iterable<ItemSet | null | undefined>;
}
/** Searches that return users. */
export interface UserSearch extends SharedOptions {
  /** Only these users; an empty list allows none. */
  allow?: Id | Key | Many;
}

export interface TopKOptions extends ItemSearch {
  /** Nothing that the user has seen: what the history given says, else what the file remembers. */
  excludeSeen?: boolean;
  /** What one user has taken, oldest first; in place of what the file remembers of that user. */
  history?: Many;
  /** The same for many users, a list each. */
  histories?: Iterable<Many | null | undefined>;
  /** How much each item of the histories says, for models that fold histories in. */
  historyWeights?: Numbers | Iterable<Numbers>;
}

/** One vector of `vectorWidth` numbers, used as it is. */
export interface ByVector {
  vector: Numbers;
}
/** Many vectors, end to end or in a list. */
export interface ByVectors {
  vectors: Numbers | Iterable<Numbers>;
}
/** One user or item by raw features. */
export interface ByRow {
  features: FeatureRow;
}
/** Many by raw features. */
export interface ByRows {
  features: Features | readonly FeatureRow[];
}
/** A user of whom a history alone is known. */
export interface ByHistory {
  history: Many;
}
/** Users of whom histories alone are known. */
export interface ByHistories {
  histories: Iterable<Many | null | undefined>;
}

/** Where numbers go: an array that is used again must have just the size of the result. */
export interface Output {
  out?: Float32Array;
}

export interface RankRequest extends Output {
  user?: Id | Key;
  items?: Id | Key | Many;
  /** The user, by raw features: one row. */
  userFeatures?: FeatureRow | Features;
  /** The items, by raw features. */
  itemFeatures?: readonly FeatureRow[] | Features;
  /** Features of each pair of the user and an item, for models that have such inputs. */
  pairs?: readonly FeatureRow[] | Features;
  /** In place of what the file remembers of the user, oldest first. */
  history?: Many;
}

// ---- Results ------------------------------------------------------------------------------------------------

/** One result. */
export class Hit {
  private constructor();
  readonly id: Id;
  /** In the unit of the model's output; of `similar` and `similarUsers` a cosine. */
  readonly score: number;
  /** Its string key, looked up now. */
  readonly key: string;
  /** Its title, looked up now; empty where it has none. */
  readonly title: string;
  /** `{id, score}`, with key and title where the model has them. */
  toJSON(): {id?: number | string, key?: string, score: number, title?: string};
}

/** The results of one query, best first. */
export class Hits extends Array<Hit> {
  private constructor();
  readonly ids: Id[];
  readonly scores: Float32Array;
}

/** The results of many queries, in typed arrays. */
export class TopK implements Iterable<Hits> {
  private constructor();
  /** How many queries. */
  readonly length: number;
  /** Room for each: the results of query i begin at i * k. */
  readonly k: number;
  /** -1 where query i has fewer than k. */
  readonly ids: BigInt64Array;
  /** NaN where query i has fewer than k. */
  readonly scores: Float32Array;
  /** How many results each query has. */
  readonly counts: Uint32Array;
  /** The results of one query; negative from the end. */
  at(query: number): Hits | undefined;
  [Symbol.iterator](): Generator<Hits>;
  toJSON(): Hits[];
}

// ---- What a model is ----------------------------------------------------------------------------------------

export type Scope = 'user' | 'item' | 'pair';

export interface ModelInfo {
  /** Of the network, such as "hybrid". */
  readonly name: string;
  /** Of predictions, such as "stars". */
  readonly unit: string;
  /** How two vectors make a score; logistic models answer `rank` alone. */
  readonly head: 'cosine' | 'dot' | 'logistic';
  readonly userCount: number;
  readonly itemCount: number;
  /** Numbers in a vector; 0 for logistic models. */
  readonly vectorWidth: number;
  readonly inputCount: number;
  readonly attributeCount: number;
  readonly metadataCount: number;
  /** Bytes. */
  readonly fileSize: number;
  readonly hasUserVectors: boolean;
  /** The file remembers what its users have seen. */
  readonly hasHistory: boolean;
  readonly hasTitles: boolean;
  /** Whether users and items have string keys, or integers that are their ids. */
  readonly stringKeys: {readonly user: boolean, readonly item: boolean};
  /** The range of predictions; infinite where there is none. */
  readonly minimumOutput: number;
  readonly maximumOutput: number;
  /** A hash of the file's content. */
  readonly fingerprint: bigint;
}

/** What a model reads: a feature that may be set. */
export interface Input {
  readonly name: string;
  readonly scope: Scope;
  readonly kind: 'category' | 'categorySet' | 'text' | 'history' | 'number';
  /** Of which type its values are; those of histories are items. */
  readonly keys: 'range' | 'integer' | 'string';
  readonly vocabularySize: number;
}

/** A column of items that no network reads: to filter by and to show. */
export interface Attribute {
  readonly name: string;
  readonly kind: 'category' | 'set' | 'integer' | 'number' | 'time';
  /** Different texts of a category or set; of others 0. */
  readonly valueCount: number;
}

/** A value of an attribute; null (of numbers NaN) where the item has none. */
export type AttributeValue = string | string[] | number | bigint | Date | null;

/** Values of inputs by name, of one user, item or pair. null, undefined and NaN: not set. */
export type FeatureRow = Readonly<Record<string, string | Id | Many | null | undefined>>;

interface Closable {
  /** Gives its memory back. Twice is fine; any other call after it throws. What nobody closes, the garbage collector does. */
  close(): void;
  [Symbol.dispose](): void;
  readonly closed: boolean;
}

interface Calls extends Closable {
  /** What is predicted for a pair, in the unit of the output. */
  predict(user: Id | Key, item: Id | Key): number;
  /** For the pairs users[i], items[i]; a single user or item goes with every one of the others. */
  predict(users: Id | Key | Many, items: Id | Key | Many, options?: Output): Float32Array;
  /** The same for vectors, used as they are: for a cosine model, of length 1. */
  predictVectors(users: Numbers | Iterable<Numbers>, items: Numbers | Iterable<Numbers>, options?: Output): Float32Array;

  /** The k best items for a user. */
  topk(user: Id | Key, options?: TopKOptions): Hits;
  /** The k best items for each of many users. */
  topk(users: Many, options?: TopKOptions): TopK;
  /** The same for somebody whom the file does not know. */
  topk(options: TopKOptions & (ByVector | ByRow | ByHistory)): Hits;
  topk(options: TopKOptions & (ByVectors | ByRows | ByHistories)): TopK;

  /** The items most like an item, by cosine. */
  similar(item: Id | Key, options?: ItemSearch): Hits;
  similar(items: Many, options?: ItemSearch): TopK;
  similar(options: ItemSearch & (ByVector | ByRow)): Hits;
  similar(options: ItemSearch & (ByVectors | ByRows)): TopK;

  /** The users to whom an item appeals most. */
  usersFor(item: Id | Key, options?: UserSearch & {excludeSeen?: boolean}): Hits;
  usersFor(items: Many, options?: UserSearch & {excludeSeen?: boolean}): TopK;
  usersFor(options: UserSearch & (ByVector | ByRow)): Hits;
  usersFor(options: UserSearch & (ByVectors | ByRows)): TopK;

  /** The users most like a user, by cosine. */
  similarUsers(user: Id | Key, options?: UserSearch): Hits;
  similarUsers(users: Many, options?: UserSearch): TopK;
  similarUsers(options: UserSearch & (ByVector | ByRow)): Hits;
  similarUsers(options: UserSearch & (ByVectors | ByRows)): TopK;

  /** Vectors of known users, end to end. */
  encodeUsers(users: Id | Key | Many, options?: Output): Float32Array;
  /** Vectors of known items, end to end. */
  encodeItems(items: Id | Key | Many, options?: Output): Float32Array;
  /** Vectors of raw features, of users where nothing else is said. */
  encode(features: Features | FeatureRow | readonly FeatureRow[], options?: Output & {scope?: 'user' | 'item'}): Float32Array;

  /** A number for every item, in the order given, for one user: what logistic models are for. */
  rank(user: Id | Key, items: Id | Key | Many, options?: Omit<RankRequest, 'user' | 'items'>): Float32Array;
  rank(request: RankRequest): Float32Array;

  readonly info: ModelInfo;
  /** Gives back the memory that an unusually large call has left. */
  trim(): void;
}

/** An opened .duomo file. */
export class Model implements Calls {
  private constructor();
  /** What the model reads. */
  readonly inputs: readonly Input[];
  /** What its items are filtered by and shown with. */
  readonly attributes: readonly Attribute[];
  /** What people wrote into the file: name, version, licence and so on. Read anew each time. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The values that an input knows; of a history the items. */
  inputValues(name: string): string[] | Id[];

  /** All users, in the order of the file. */
  userIds(): Id[];
  itemIds(): Id[];
  /** The id of a key; of many keys, null for those that the model does not have. */
  userId(key: Key): Id;
  userId(keys: Iterable<Key>): (Id | null)[];
  itemId(key: Key): Id;
  itemId(keys: Iterable<Key>): (Id | null)[];
  /** The key of an id; of many ids, null for those that the model does not have. */
  userKey(id: Id): string;
  userKey(ids: Iterable<Id>): (string | null)[];
  itemKey(id: Id): string;
  itemKey(ids: Iterable<Id>): (string | null)[];
  /** The title of an item, empty where it has none; of many, null for those that the model does not have. */
  title(item: Id | Key): string;
  title(items: Many): (string | null)[];
  /**
   * What an item has for an attribute: a string of categories, a list of strings of sets, a number, a Date of times;
   * null, or NaN, where it has none. Of many items a list; of numbers a Float64Array.
   */
  attribute(name: string, item: Id | Key): AttributeValue;
  attribute(name: string, items: Many): AttributeValue[] | Float64Array;

  /** A set of items for `allow`: of ids or keys, unknown ones being left out; or of those that meet conditions; or both. */
  itemSet(items: Id | Key | Many, options?: {where?: Where | Iterable<Where>}): ItemSet;
  itemSet(options?: {where?: Where | Iterable<Where>}): ItemSet;
  /**
   * Raw features of users, items or pairs that the file does not know: the values of one, a list of such, or how many
   * there will be, to be filled with `set`. Values that the model does not know count as unknown; with `strict` they
   * are an error.
   */
  features(scope: Scope, data: FeatureRow | readonly FeatureRow[] | number, options?: {strict?: boolean}): Features;
  /** The same calls with another way for unknown ids: 'mark' gives NaN, or no results, where 'error' throws. */
  context(options?: {unknown?: 'error' | 'mark'}): Context;
  /** Another Model of the same file, closed by itself. */
  share(): Model;
}
export interface Model extends Calls {}

/** The calls of its model with options of its own. Holds the file, also after the model is closed. */
export class Context implements Calls {
  private constructor();
}
export interface Context extends Calls {}

/** Raw features of `length` users, items or pairs. Made by `Model.features`; holds the file. */
export class Features implements Closable {
  private constructor();
  readonly scope: Scope;
  readonly length: number;
  /** Sets an input for all rows, a value a row; of sets and histories a list a row. */
  set(name: string, values: Iterable<string | Id | Many | null | undefined>): this;
}
export interface Features extends Closable {}

/** A set of a model's items, made once and used by any number of calls. Made by `Model.itemSet`; holds the file. */
export class ItemSet implements Closable {
  private constructor();
  /** How many items are in it. */
  readonly size: number;
  has(item: Id | Key): boolean;
  /** New sets: of what is in both, in either, in this one and not in the other, in none of it. */
  and(other: ItemSet): ItemSet;
  or(other: ItemSet): ItemSet;
  minus(other: ItemSet): ItemSet;
  not(): ItemSet;
}
export interface ItemSet extends Closable {}

/**
 * The model in use, replaced while requests that began with the one before go on.
 *
 * ```js
 * const slot = new ModelSlot(await open('shop.duomo'));
 * await slot.use(async (model) => model.topk(await whoIsIt(), {k: 10}));
 * ```
 */
export class ModelSlot {
  /** The slot has a reference of its own: the model given may be closed. */
  constructor(model: Model);
  /** Puts another model in; the one before is closed when the last that got it closes it. */
  set(model: Model): void;
  /** The model that is in now, as a reference of the caller's own, to be closed. */
  get(): Model;
  /** Calls `work`, which may be async, with the model that is in now, and closes that when it is done. */
  use<T>(work: (model: Model) => T | Promise<T>): Promise<T>;
  close(): void;
  [Symbol.dispose](): void;
}
