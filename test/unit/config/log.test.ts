import { expect } from 'chai';
import { createLogger, EVENTS, safeText } from '../../../src/log.js';
import { createMetrics } from '../../../src/metrics.js';
import { refuse } from '../../../src/model/issue.js';

function capture(format: 'json' | 'text', level: 'debug' | 'warn' = 'debug') {
  const lines: string[] = [];
  const logger = createLogger({ level, format, stream: { write: (line) => lines.push(line) } });
  return { logger, lines };
}

describe('log', () => {
  it('writes one JSON object a line with time, level, event and fields', () => {
    const { logger, lines } = capture('json');
    logger.info('receive.stored', { messageId: 'M1', deliveries: 2, codes: ['a', 'b'] });
    expect(lines).to.have.length(1);
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(line).to.deep.include({ level: 'info', event: 'receive.stored', messageId: 'M1' });
    expect(line['time']).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(Object.keys(line)).to.have.length(6);
  });

  it('writes no field outside the list, whatever a caller hands over', () => {
    const { logger, lines } = capture('json');
    const stray = {
      subject: 'Về việc mật',
      token: 'T0KEN',
      organName: 'Nguyễn Văn A',
      body: '<x/>',
    };
    logger.warn('receive.refused', { code: 'x', ...stray });
    expect(lines.join()).to.contain('"code":"x"');
    for (const value of Object.values(stray)) expect(lines.join()).not.to.contain(value);
  });

  it('escapes control and reordering characters and cuts long text', () => {
    const { logger, lines } = capture('text');
    logger.info('delivery.attempt', { reason: `a\nb\u001b[31m\u202ec${'x'.repeat(500)}` });
    expect(lines).to.have.length(1);
    expect(lines[0]?.split('\n')).to.have.length(2);
    expect(lines[0]).not.to.match(/[\u001b\u202e]/);
    expect(lines[0]?.length).to.be.lessThan(350);
    expect(safeText('a\u0000')).to.equal('a\\u0000');
  });

  it('of a refusal writes the code only, since its text quotes values', () => {
    const { logger, lines } = capture('json');
    logger.error('receive.failed', { error: refuse('sender.unknown', { value: 'Bí mật' }) });
    expect(lines.join()).to.contain('sender.unknown').and.not.to.contain('Bí mật');
  });

  it('of a thrown error writes its message and where it was thrown', () => {
    const { logger, lines } = capture('json');
    logger.error('gateway.failed', { error: new TypeError('boom') });
    const line = JSON.parse(lines[0] ?? '') as { error: string; stack: string[] };
    expect(line.error).to.equal('TypeError: boom');
    expect(line.stack[0]).to.match(/^at /);
  });

  it('leaves out what is below its level', () => {
    const { logger, lines } = capture('json', 'warn');
    logger.info('gateway.started');
    logger.debug('gateway.started');
    logger.warn('gateway.stopping');
    expect(lines).to.have.length(1);
  });

  it('names events as noun and verb', () => {
    for (const event of EVENTS) expect(event).to.match(/^[a-z]+\.[a-z-]+$/);
    expect(new Set(EVENTS).size).to.equal(EVENTS.length);
  });
});

describe('metrics', () => {
  it('counts what happened, by code, outcome and state', async () => {
    const metrics = createMetrics();
    metrics.accepted('document');
    metrics.accepted('document');
    metrics.refused('xml.doctype');
    metrics.duplicate();
    metrics.attempt('deferred', 0.2);
    metrics.request('SendPackage', 200, 0.01);
    let waiting = 3;
    metrics.onScrape(async () => [{ organId: 'T99.02', state: 'queued', count: waiting }]);
    const text = await metrics.text();
    expect(text).to.contain('edxgate_accepted_total{kind="document"} 2');
    expect(text).to.contain('edxgate_refused_total{code="xml.doctype"} 1');
    expect(text).to.contain('edxgate_duplicates_total 1');
    expect(text).to.contain('edxgate_delivery_attempt_seconds_count{outcome="deferred"} 1');
    expect(text).to.contain(
      'edxgate_request_seconds_count{operation="SendPackage",status="200"} 1',
    );
    expect(text).to.contain('edxgate_deliveries{organ_id="T99.02",state="queued"} 3');
    waiting = 0;
    expect(await metrics.text()).to.contain(
      'edxgate_deliveries{organ_id="T99.02",state="queued"} 0',
    );
  });

  it('keeps two registries apart', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.duplicate();
    expect(await other.text()).to.contain('edxgate_duplicates_total 0');
  });
});
