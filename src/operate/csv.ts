/**
 * Reads comma-separated values: RFC 4180, also with `;` (what spreadsheets write under a Vietnamese
 * locale) and with LF alone. Empty lines are left out.
 *
 * @module
 */
export interface CsvLine {
  /** Line of the file on which it starts, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** @returns undefined when a quote is never closed. */
export function readCsv(text: string): CsvLine[] | undefined {
  const firstLine = text.slice(0, text.indexOf('\n') >>> 0);
  const comma = firstLine.includes(';') && !firstLine.includes(',') ? ';' : ',';
  const lines: CsvLine[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let startedAt = 1;
  const endLine = (): void => {
    cells.push(cell);
    if (cells.length > 1 || cell.trim() !== '') lines.push({ line: startedAt, cells });
    cells = [];
    cell = '';
    startedAt = line;
  };
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\n') line++;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === comma) {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') endLine();
    else if (char !== '\r') cell += char;
  }
  if (quoted) return undefined;
  endLine();
  return lines;
}
