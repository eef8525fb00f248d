/**
 * Business type: `BussinessDocType` 0 to 3 (QCVN 102:2016, SDK samples).
 *
 * @module
 */
export type BusinessType = 'new' | 'revoke' | 'update' | 'replace';

const BY_CODE: Readonly<Record<string, BusinessType>> = {
  '0': 'new',
  '1': 'revoke',
  '2': 'update',
  '3': 'replace',
};

export function businessTypeOf(code: string): BusinessType | undefined {
  return Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
}

export function businessTypeCode(type: BusinessType): string {
  return type === 'new' ? '0' : type === 'revoke' ? '1' : type === 'update' ? '2' : '3';
}
