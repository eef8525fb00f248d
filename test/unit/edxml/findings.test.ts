import { expect } from 'chai';
import { Findings, newBudget } from '../../../src/edxml/findings.js';
import { documentText, withXml } from './inspect.js';

describe('edxml/findings', () => {
  it('keeps an error that comes after a flood of warnings', () => {
    withXml(documentText(), ({ root }) => {
      const findings = new Findings();
      for (let i = 0; i < 1000; i++) findings.add('dialect.unknown', { element: 'x' }, root);
      findings.add('schema.missing', { element: 'y', expected: 'y' }, root);
      expect(findings.issues).to.have.length(101);
      expect(findings.issues.at(-1)?.code).to.equal('schema.missing');
    });
  });

  it('keeps 500 of all checks of a package together', () => {
    withXml(documentText(), ({ root }) => {
      const budget = newBudget();
      const checks = Array.from({ length: 5 }, () => new Findings(budget));
      for (const findings of checks) {
        for (let i = 0; i < 1000; i++) {
          findings.add('dialect.unknown', { element: 'x' }, root);
          findings.add('schema.missing', { element: 'y', expected: 'y' }, root);
        }
      }
      expect(checks.flatMap((one) => one.issues)).to.have.length(500);
    });
  });

  it('keeps a bounded number of errors', () => {
    withXml(documentText(), ({ root }) => {
      const findings = new Findings();
      const values = { element: 'y', expected: 'y' };
      for (let i = 0; i < 1000; i++) findings.add('schema.missing', values, root);
      expect(findings.issues).to.have.length(200);
    });
  });
});
