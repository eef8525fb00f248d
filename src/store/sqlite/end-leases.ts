/**
 * Ends the leases of a restored store: whoever held them is gone. Their deliveries are due again as
 * after any interrupted attempt, and what was noted during it is done.
 *
 * @module
 */
import type { Connection } from './database.js';
import { Statements } from './statements.js';
import { takeBackRunOut } from './write-run-out.js';

function countActive(sql: Statements): number {
  return (
    sql.get<{ n: number }>("SELECT count(*) AS n FROM delivery WHERE state = 'active'")?.n ?? 0
  );
}

/**
 * In one transaction, with facts about it.
 *
 * @returns how many leases there were.
 */
export function endLeases(
  db: Connection,
  now: number,
  facts: Readonly<Record<string, string>>,
): number {
  const sql = new Statements(db);
  return db.transaction((): number => {
    const leases = countActive(sql);
    sql.run("UPDATE delivery SET leased_until = 0 WHERE state = 'active'");
    for (let left = leases; left > 0; ) {
      takeBackRunOut(sql, now);
      const still = countActive(sql);
      if (still === left) break;
      left = still;
    }
    for (const [name, value] of Object.entries(facts)) {
      sql.run(
        'INSERT INTO fact (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2',
        name,
        value,
      );
    }
    sql.run("UPDATE total SET count = count + 1 WHERE name = 'changes'");
    return leases;
  })();
}
