/** What is served: one SOAP version at a time, all references resolvable, clients load it. */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { XmlDocument } from 'libxml2-wasm';
import { createClientAsync } from 'soap';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import {
  receiverWsdl,
  SCHEMA_NAMES,
  type WsdlVariant,
  wsdlDocument,
  xsdDocument,
} from '../../../src/soap/wsdl-documents.js';
import { SCHEMA_PATHS } from './contract-schemas.js';

const BASE = 'http://gateway.example:8080/soap';
const OPERATIONS = [
  'SendDocument',
  'SendPackage',
  'SendStatus',
  'ListPending',
  'GetPackage',
  'ConfirmReceived',
  'GetTraces',
  'GetOrganizations',
  'Ping',
];
const NAMESPACES = {
  w: 'http://schemas.xmlsoap.org/wsdl/',
  s11: 'http://schemas.xmlsoap.org/wsdl/soap/',
  s12: 'http://schemas.xmlsoap.org/wsdl/soap12/',
  xs: 'http://www.w3.org/2001/XMLSchema',
};
const VARIANTS: readonly [WsdlVariant, own: string, other: string, port: string][] = [
  ['1.1', 's11', 's12', '11'],
  ['1.2', 's12', 's11', '12'],
];
const DOCUMENTS = [
  { name: 'EdxGateway', make: wsdlDocument, schemas: 3 },
  { name: 'EdxReceiver', make: receiverWsdl, schemas: 1 },
];

function contents(xml: Buffer, path: string): string[] {
  using document = XmlDocument.fromBuffer(xml);
  return document.find(path, NAMESPACES).map((node) => node.content);
}

function count(xml: Buffer, path: string): number {
  using document = XmlDocument.fromBuffer(xml);
  return document.find(path, NAMESPACES).length;
}

/** Names of all schemas that are reached from a document by following every schemaLocation. */
function reachable(xml: Buffer, baseUrl: string, found = new Set<string>()): Set<string> {
  for (const location of contents(xml, '//@schemaLocation')) {
    expect(location.startsWith(`${baseUrl}?xsd=`), location).to.equal(true);
    const name = location.slice(`${baseUrl}?xsd=`.length);
    if (found.has(name)) continue;
    found.add(name);
    const schema = xsdDocument(name, baseUrl);
    if (schema === undefined) throw new Error(`${name} is not served`);
    reachable(schema, baseUrl, found);
  }
  return found;
}

describe('package root', () => {
  it('is the folder of wsdl/ and xsd/', () => {
    expect(existsSync(join(PACKAGE_ROOT, 'wsdl', 'edxgate.wsdl'))).to.equal(true);
    expect(existsSync(join(PACKAGE_ROOT, 'xsd'))).to.equal(true);
  });
});

describe('served WSDL', () => {
  for (const { name, make, schemas } of DOCUMENTS) {
    for (const [variant, own, other, port] of VARIANTS) {
      describe(`${name}, SOAP ${variant}`, () => {
        it('holds the binding and the port of its version only', () => {
          const wsdl = make(variant, BASE);
          expect(contents(wsdl, '//w:binding/@name')).to.deep.equal([`${name}Binding${port}`]);
          expect(contents(wsdl, '//w:port/@name')).to.deep.equal([`${name}${port}`]);
          expect(count(wsdl, `//w:binding/${own}:binding`)).to.equal(1);
          expect(count(wsdl, `//${other}:*`)).to.equal(0);
          const otherNamespace = NAMESPACES[other === 's11' ? 's11' : 's12'];
          expect(wsdl.toString('utf8')).to.not.include(`"${otherNamespace}"`);
        });

        it('has the base URL as its address', () => {
          expect(contents(make(variant, BASE), `//${own}:address/@location`)).to.deep.equal([BASE]);
        });

        it('imports only what is served', () => {
          expect(reachable(make(variant, BASE), BASE).size).to.equal(schemas);
        });

        it('keeps all operations and declarations', () => {
          const wsdl = make(variant, BASE);
          const operations = contents(wsdl, '//w:portType/w:operation/@name');
          expect(contents(wsdl, '//w:binding/w:operation/@name')).to.deep.equal(operations);
          expect(wsdl.toString('utf8')).to.match(/^<\?xml version="1\.0" encoding="UTF-8"\?>/);
          expect(wsdl.toString('utf8')).to.include('xmlns:tns=');
        });
      });
    }
  }

  it('serves each base URL its own documents', () => {
    const first = wsdlDocument('1.1', BASE).toString('utf8');
    const second = wsdlDocument('1.1', 'https://truc.example/soap').toString('utf8');
    expect(second).to.not.include(BASE);
    expect(wsdlDocument('1.1', BASE).toString('utf8')).to.equal(first);
  });

  it('escapes the base URL', () => {
    const odd = 'http://h/"><x y="&';
    expect(contents(wsdlDocument('1.2', odd), '//s12:address/@location')).to.deep.equal([odd]);
  });

  it('imports the document schema and not the status schema', () => {
    const names = [...reachable(wsdlDocument('1.1', BASE), BASE)];
    expect(names).to.have.members(['gateway.xsd', 'edxml-document.xsd', 'edxml-types.xsd']);
  });
});

describe('served schemas', () => {
  it('are all schemas of the project', () => {
    expect(SCHEMA_NAMES).to.have.members(SCHEMA_PATHS.map((path) => path.replace(/^.*\//, '')));
  });

  for (const name of SCHEMA_NAMES) {
    it(`resolve within themselves: ${name}`, () => {
      const schema = xsdDocument(name, BASE);
      if (schema === undefined) throw new Error('not served');
      expect(count(schema, '/xs:schema')).to.equal(1);
      reachable(schema, BASE);
    });
  }

  for (const name of [
    '',
    'no.xsd',
    'GATEWAY.XSD',
    '../package.json',
    'gateway/1/gateway.xsd',
    '__proto__',
    'toString',
  ]) {
    it(`do not include "${name}"`, () => {
      expect(xsdDocument(name, BASE)).to.equal(undefined);
    });
  }
});

describe('node-soap as a client', () => {
  let server: Server;
  let url: string;
  const asked: string[] = [];
  before((done) => {
    server = createServer((request, response) => {
      const query = new URL(request.url ?? '', 'http://h').searchParams;
      const xsd = query.get('xsd');
      asked.push(xsd ?? 'wsdl');
      const variant = query.get('wsdl') === '1.2' ? '1.2' : '1.1';
      const body = xsd === null ? wsdlDocument(variant, url) : xsdDocument(xsd, url);
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/xml' });
      response.end(body);
    }).listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      url = `http://127.0.0.1:${address.port}/soap`;
      done();
    });
  });
  after((done) => {
    server.close(done);
    server.closeAllConnections();
  });

  it('lists exactly the nine operations in both ports of the source', async () => {
    const client = await createClientAsync(join(PACKAGE_ROOT, 'wsdl', 'edxgate.wsdl'));
    const { EdxGateway: ports } = client.describe() as Record<string, Record<string, object>>;
    expect(Object.keys(ports ?? {})).to.deep.equal(['EdxGateway11', 'EdxGateway12']);
    for (const port of Object.values(ports ?? {})) {
      expect(Object.keys(port)).to.deep.equal(OPERATIONS);
    }
  });

  for (const [variant, , , port] of VARIANTS) {
    it(`lists exactly the nine operations of SOAP ${variant} over HTTP`, async () => {
      asked.length = 0;
      const client = await createClientAsync(`${url}?wsdl=${variant}`, { disableCache: true });
      expect(asked).to.have.members([
        'wsdl',
        'gateway.xsd',
        'edxml-document.xsd',
        'edxml-types.xsd',
      ]);
      const { EdxGateway: ports } = client.describe() as Record<string, Record<string, object>>;
      expect(Object.keys(ports ?? {})).to.deep.equal([`EdxGateway${port}`]);
      expect(Object.keys(Object.values(ports ?? {})[0] ?? {})).to.deep.equal(OPERATIONS);
    });
  }
});
