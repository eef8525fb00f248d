/**
 * The built-in suite: cases made from the published schemas, and cases written for what a schema does
 * not say. Nothing in it is particular to one gateway but the organ ids and tokens given at run time.
 *
 * @module
 */
import type { Case, Suite } from '../suite.js';
import { businessCases } from './business-cases.js';
import { type Files, packageCase } from './draft.js';
import { elementCases, places } from './element-cases.js';
import { exchangeCases } from './exchange-cases.js';
import { LEFT_OUT } from './left-out.js';
import { manifestCases } from './manifest-cases.js';
import { NEW_DOCUMENT, STATUS } from './parts.js';
import { protocolCases } from './protocol-cases.js';
import { requestCases } from './request-cases.js';
import { readElement } from './schema-walk.js';
import { secrecyCases } from './secrecy-cases.js';
import { soapCases } from './soap-cases.js';
import { timeCases } from './time-cases.js';
import { valueCases } from './value-cases.js';
import { xmlCases } from './xml-cases.js';

function schemaCases(files: Files): Case[] {
  const document = readElement('qcvn-102/2016/edxml-document.xsd', 'edXML');
  const status = readElement('qcvn-102/2016/edxml-status.xsd', 'edXML');
  const all = [...places('document', document, NEW_DOCUMENT), ...places('status', status, STATUS)];
  return all
    .flatMap((place) => [...elementCases(place), ...valueCases(place)])
    .filter((draft) => !LEFT_OUT.has(draft.id))
    .map((draft) => packageCase(draft, files));
}

function ruleCases(files: Files): Case[] {
  const all = [
    ...businessCases(),
    ...manifestCases(),
    ...secrecyCases(),
    ...timeCases(),
    ...xmlCases(),
  ];
  return all.map((draft) => packageCase(draft, files));
}

export function builtInSuite(): Suite {
  const files: Files = new Map();
  const cases = [
    ...schemaCases(files),
    ...ruleCases(files),
    ...requestCases(files),
    ...soapCases(files),
    ...exchangeCases(files),
    ...protocolCases(files),
  ];
  return {
    id: 'built-in',
    title: { en: 'Built-in suite', vi: 'Bộ kiểm tra có sẵn' },
    cases,
    file: (name) => files.get(name),
  };
}
