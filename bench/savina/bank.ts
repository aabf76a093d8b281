/**
 * Bank transactions: a thousand accounts; one that pays waits until it was received, and what it is to pay meanwhile waits.
 *
 * @module
 */

import type { Address, Program } from "./system.ts";

const ACCOUNTS = 1_000;

/** Bank transactions. */
export const bank: Program = {
  name: "bank transactions",
  size: 50_000,
  behaviours: {
    teller(context, transactions, driver) {
      let done = 0;
      return () => {
        if (++done === transactions) context.send(driver, "done", done);
      };
    },
    account(context, balance, teller) {
      let money = balance;
      let paying = false;
      const later: { amount: number; to: Address }[] = [];
      const pay = (amount: number, to: Address): void => {
        paying = true;
        money -= amount;
        context.send(to, "credit", amount, context.self);
      };
      return (tag, amount, address) => {
        if (tag === "debit") {
          if (paying) later.push({ amount, to: address! });
          else pay(amount, address!);
        } else if (tag === "credit") {
          money += amount;
          context.send(address!, "received", money);
        } else {
          paying = false;
          context.send(teller, "done", 0);
          const next = later.shift();
          if (next !== undefined) pay(next.amount, next.to);
        }
      };
    },
  },
  start(driver, transactions) {
    const teller = driver.spawn("teller", transactions, driver.self);
    const accounts = Array.from({ length: ACCOUNTS }, () => driver.spawn("account", 1_000, teller));
    for (let i = 0; i < transactions; i++) {
      const from = (i * 7_919) % ACCOUNTS;
      const to = (from + 1 + (i * 104_729) % (ACCOUNTS - 1)) % ACCOUNTS;
      driver.send(accounts[from], "debit", 1 + i % 100, accounts[to]);
    }
  },
  expected: (transactions) => transactions,
};
