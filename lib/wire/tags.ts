/**
 * The first byte of every encoded value. The four ranges at the start hold the commonest values in one byte: integers
 * 0 to 127, and strings, arrays and objects of few elements, whose count is the distance from the start of the range.
 *
 * @module
 */

/** 0x80 to 0x9f: a string of 0 to 31 ASCII characters. */
export const SHORT_STRING = 0x80;
/** 0xa0 to 0xaf: an array of 0 to 15 elements. */
export const SHORT_ARRAY = 0xa0;
/** 0xb0 to 0xbf: an object of 0 to 15 fields. */
export const SHORT_OBJECT = 0xb0;

export const UNDEFINED = 0xc0;
export const NULL = 0xc1;
export const FALSE = 0xc2;
export const TRUE = 0xc3;
/** One signed byte. */
export const INT8 = 0xc4;
export const INT16 = 0xc5;
export const INT32 = 0xc6;
export const FLOAT64 = 0xc7;
/** A bigint of 64 bits, signed. */
export const BIGINT64 = 0xc8;
/** A bigint of any size: one byte for the sign, then its hexadecimal digits as a string. */
export const BIGINT = 0xc9;

/** ASCII of more than 31 characters: a 4-byte count, then a byte each. */
export const ASCII = 0xca;
export const UTF8 = 0xcb;
/** Two bytes a code unit: a string with a lone surrogate, which UTF-8 cannot say. */
export const UTF16 = 0xcc;

/** An object of this message that came before, by its number. */
export const REFERENCE = 0xcd;
export const ARRAY = 0xce;
/** An array with named properties: the array's elements, then a count and key and value of each. */
export const NAMED_ARRAY = 0xcf;
/** Inside an array only: no element here. */
export const HOLE = 0xd0;
/** Inside an array only: from here on a count, then index and value of each element that exists. */
export const SPARSE = 0xd1;
export const OBJECT = 0xd2;
export const MAP = 0xd3;
export const SET = 0xd4;
export const DATE = 0xd5;
export const REGEXP = 0xd6;
/** A `Number`, `String`, `Boolean` or `BigInt` object. */
export const BOXED = 0xd7;
export const ERROR = 0xd8;

/** A buffer's bytes are here. */
export const BUFFER = 0xd9;
export const RESIZABLE_BUFFER = 0xda;
/** A `Uint8Array` over the whole of a buffer that nothing before has mentioned. */
export const BYTES = 0xdb;
/** A view: its kind, offset, length, then the buffer as a value. */
export const VIEW = 0xdc;
/** Something that travels beside the bytes: its position among the items. */
export const ASIDE = 0xdd;

/** An array of numbers only: their width in bytes, a count, then each. */
export const NUMBERS = 0xdf;

/** One byte for the kind; the rest is the runtime's. */
export const CUSTOM = 0xde;
