// What fails: DuomoError for all that the library refuses, TypeError and RangeError for values that no
// call could take.

const STATUSES = ['DUOMO_OK', 'DUOMO_INVALID_ARGUMENT', 'DUOMO_NOT_FOUND', 'DUOMO_OUT_OF_MEMORY', 'DUOMO_IO_ERROR',
  'DUOMO_CORRUPT', 'DUOMO_UNSUPPORTED_VERSION', 'DUOMO_UNSUPPORTED', 'DUOMO_INTERNAL', 'DUOMO_CANCELLED'];

const KINDS = [undefined, 'NULL', 'STRUCT_SIZE', 'VALUE', 'CONFLICT', 'OFFSETS', 'NOT_UTF8', 'NOT_FINITE',
  'UNKNOWN_ID', 'UNKNOWN_NAME', 'UNKNOWN_VALUE', 'LACKING'];

const ARGUMENTS = [undefined, 'OUT', 'MODEL', 'CONTEXT', 'OPTIONS', 'FILE', 'REQUEST', 'USERS', 'ITEMS', 'QUERIES',
  'FEATURES', 'HISTORY', 'EXCLUDE', 'ALLOW', 'FILTERS', 'LIMITS', 'NAME', 'VALUES'];

export class DuomoError extends Error {
  constructor(code, message, {kind, argument, position, cause} = {}) {
    super(message, cause === undefined ? undefined : {cause});
    this.code = code;
    this.kind = kind;
    this.argument = argument;
    this.position = position;
  }

  get status() { return STATUSES.indexOf(this.code); }
}
DuomoError.prototype.name = 'DuomoError';

// The error of a status of the library, and what it said.
export function errorOf(status, message, kind, argument, position) {
  return new DuomoError(STATUSES[status] ?? 'DUOMO_INTERNAL', inJavaScript(message),
      {kind: KINDS[kind], argument: ARGUMENTS[argument], position});
}

export const closedError = (what) => new DuomoError('DUOMO_INVALID_ARGUMENT', `the ${what} is closed`);

export const outOfMemory = (size) => new DuomoError('DUOMO_OUT_OF_MEMORY', `there is no memory for ${size} more bytes`);

// A value as messages show it: never an exception of its own, never long.
export function shown(value) {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? value.slice(0, 40) + '…' : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) {
    const name = value.constructor?.name;
    return name && name !== 'Object' ? `a value of type ${name}` : 'an object';
  }
  return String(value);
}

const NAMES = {
  DUOMO_UNKNOWN_IS_MARKED: "unknown: 'mark'",
  DUOMO_RANK_USER_ID: 'user',
  DUOMO_ALLOW_LISTED: 'allow',
  DUOMO_EXCLUDE_SEEN: 'excludeSeen',
  DUOMO_APPROXIMATE: 'probes',
  DUOMO_RANGE: 'a range',
};

// The message with this package's names in the place of C's: usersFor for duomo_users_for.
function inJavaScript(message) {
  return message.replace(/\bduomo_features_set_\w+/g, 'Features.set')
      .replace(/\bDUOMO_\w+/g, (name) => NAMES[name] ?? name)
      .replace(/\bduomo_(\w+)/g, (_, name) => name.replace(/_(\w)/g, (__, letter) => letter.toUpperCase()));
}
