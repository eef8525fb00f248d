/**
 * Elements as exclusive canonical XML writes them, for the texts that we sign: signing them then needs
 * no parser.
 *
 * @module
 */
export const RECEIPT_NAMESPACE = 'urn:edxgate:receipt:1';

/** Character data in canonical form; characters that XML cannot hold become U+FFFD. */
function text(value: string): string {
  return value
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '\ufffd',
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;');
}

export function element(name: string, value: string | number): string {
  return `<${name}>${text(String(value))}</${name}>`;
}

/** '' when there is no value. */
export function optionalElement(name: string, value: string | number | undefined): string {
  return value === undefined ? '' : element(name, value);
}
