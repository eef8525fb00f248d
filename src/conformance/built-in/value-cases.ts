/**
 * Cases of the value of one element: lengths, lists, numbers, dates and ids, on both sides of each
 * bound.
 *
 * @module
 */
import type { Draft, Outcome } from './draft.js';
import { refused, taken } from './draft.js';
import { draftOf, type Place, withSibling } from './element-cases.js';
import { withText } from './parts.js';
import { HARD_LIMITS, isFilled } from './tolerance.js';

/** A letter with two marks: one character, three bytes. */
const LETTER = 'ữ';
/** Characters of the variable `unique`. */
const UNIQUE = 9;
/** The bounds of these are those of the manifest: see rule-cases.ts. */
const OF_THE_MANIFEST: ReadonlySet<string> = new Set([
  'ContentId',
  'ContentTransferEncoded',
  'ContentType',
]);
/** Each value needs a package of its own: see rule-cases.ts. */
const BY_RULE: ReadonlySet<string> = new Set(['BussinessDocType', 'StatusCode']);

export function valueCases(place: Place): Draft[] {
  const { value, name } = place.spec;
  if (value === undefined || OF_THE_MANIFEST.has(name)) return [];
  if (value.values !== undefined) return [...lists(place, value.values), ...empty(place)];
  switch (value.type) {
    case 'OrganId':
      return [...organIds(place), ...empty(place)];
    case 'EdxmlDate':
      return [...days(place), ...empty(place)];
    case 'EdxmlDateTime':
      return [...times(place), ...empty(place)];
    case 'boolean':
      return [...booleans(place), ...empty(place)];
    default:
      return value.base === 'int'
        ? [...numbers(place), ...empty(place)]
        : [...lengths(place), ...empty(place)];
  }
}

function make(
  place: Place,
  what: string,
  en: string,
  vi: string,
  text: string,
  outcome: Outcome,
): Draft {
  return draftOf(place, what, en, vi, withText(place.doc, place.path, text), outcome);
}

function good(place: Place, what: string, text: string, ...warnings: string[]): Draft {
  return make(place, what, `"${text}" is taken`, `nhận "${text}"`, text, taken(...warnings));
}

function bad(place: Place, what: string, text: string, code = 'schema.value'): Draft {
  return make(place, what, `"${text}" is refused`, `từ chối "${text}"`, text, refused(code));
}

// ---- texts ---------------------------------------------------------------------------------------

function lengths(place: Place): Draft[] {
  const { maxLength: limit } = place.spec.value ?? {};
  const isOwnId = place.spec.path.at(-2) === 'MessageHeader' && HARD_LIMITS.has(place.spec.name);
  const text = (size: number) =>
    isOwnId ? `{{unique}}${LETTER.repeat(size - UNIQUE)}` : LETTER.repeat(size);
  const sized = (what: string, size: number, en: string, vi: string, outcome: Outcome) =>
    make(place, what, `${size} characters, ${en}`, `${size} ký tự, ${vi}`, text(size), outcome);
  if (limit === undefined) return [sized('long', 3000, 'taken', 'được nhận', taken())];
  const isKey = HARD_LIMITS.has(place.spec.name);
  const over = isKey ? refused('schema.value') : taken('dialect.length');
  return [
    sized('limit', limit, 'the limit', 'đúng giới hạn', taken()),
    sized('one-over', limit + 1, 'one over the limit', 'quá giới hạn một ký tự', over),
    ...(isKey
      ? []
      : [
          sized(
            'far-over',
            10 * limit + 1,
            'far over the limit',
            'quá xa giới hạn',
            refused('schema.value'),
          ),
        ]),
  ];
}

/** Empty values of these are refused by a rule, not by the schema. */
function emptyOutcome({ spec, kind }: Place): Outcome {
  const { value, min, name } = spec;
  const isText = value?.base === 'string' && value.values === undefined;
  const isFree = isText && value?.minLength === undefined;
  if (name === 'Subject' || (kind === 'status' && name === 'Code')) return refused('schema.value');
  if (isFree) return taken();
  if (min === 0) return taken('dialect.empty');
  return isFilled(spec.path) ? taken('dialect.missing') : refused('schema.value');
}

function empty(place: Place): Draft[] {
  const outcome = emptyOutcome(place);
  const doc = withText(withSibling(place.doc, place), place.path, '');
  // From without an organ id is not the caller either.
  const isFrom = place.path.at(-2) === 'From' && place.spec.name === 'OrganId';
  const whole = isFrom ? refused('schema.value', 'auth.from') : outcome;
  return [
    'codes' in whole
      ? draftOf(place, 'empty', 'empty, refused', 'rỗng, bị từ chối', doc, whole)
      : draftOf(place, 'empty', 'empty, taken', 'rỗng, vẫn nhận', doc, whole),
  ];
}

// ---- lists, numbers, flags -----------------------------------------------------------------------

function lists(place: Place, values: readonly string[]): Draft[] {
  if (BY_RULE.has(place.spec.name)) return [];
  // Priority 5 is how one axis writes 0.
  const beyond = place.spec.name === 'Priority' ? '6' : String(values.length);
  const flags = values.length === 2 ? [good(place, 'false', 'false', 'dialect.value')] : [];
  return [
    ...values.map((one) => good(place, `value-${one}`, one)),
    bad(place, 'beyond', beyond),
    ...flags,
  ];
}

function numbers(place: Place): Draft[] {
  return [
    good(place, 'zero', '0'),
    good(place, 'large', '999999999'),
    good(place, 'negative', '-1', 'dialect.value'),
  ];
}

function booleans(place: Place): Draft[] {
  return [
    ...['true', 'false', '1', '0'].map((one) => good(place, `value-${one}`, one)),
    good(place, 'word', 'yes', 'dialect.value'),
  ];
}

// ---- ids and times -------------------------------------------------------------------------------

/** Who sends and who gets must be in the directory: of them only what is refused can be asked. */
const IN_DIRECTORY: ReadonlySet<string> = new Set(['From', 'To']);

function organIds(place: Place): Draft[] {
  const owner = place.path.at(-2) ?? '';
  const known = IN_DIRECTORY.has(owner) || (place.kind === 'status' && owner === 'ResponseFor');
  const short = bad(place, 'short', 'T9', 'document.organ-id');
  if (owner === 'From') return [{ ...short, outcome: refused('document.organ-id', 'auth.from') }];
  if (known) return [short];
  return [
    short,
    good(place, 'least', 'T99'),
    good(place, 'limit', `T99.${'0'.repeat(31)}`),
    good(place, 'signs', 'T99-H_1.a'),
  ];
}

function days(place: Place): Draft[] {
  return [
    good(place, 'december', '2024/12/31'),
    good(place, 'january', '2025/01/01'),
    bad(place, 'month-00', '2025/00/10'),
    bad(place, 'month-13', '2025/13/10'),
    bad(place, 'day-00', '2025/01/00'),
    bad(place, 'day-32', '2025/01/32'),
    good(place, 'day-first', '15/01/2025', 'dialect.date-order'),
  ];
}

function times(place: Place): Draft[] {
  return [
    good(place, 'midnight', '2024/12/31 00:00:00'),
    good(place, 'last', '2025/01/01 23:59:59'),
    bad(place, 'hour-24', '2025/01/15 24:00:00'),
    bad(place, 'minute-60', '2025/01/15 08:60:00'),
    bad(place, 'second-60', '2025/01/15 08:00:60'),
    bad(place, 'month-13', '2025/13/15 08:00:00'),
    bad(place, 'day-32', '2025/01/32 08:00:00'),
    good(place, 'zoned', '2025-01-15T08:00:00+07:00', 'dialect.date-order'),
  ];
}
