// What a page may write with the types of its Antiphon, and what it may not: where an error is
// expected and there is none, that is one.
import { Antiphon } from './antiphon.js';
import type { Contract, Events } from './build.js';

const client = new Antiphon<Contract>({ token: '' });

await client.send('account', '42', 'open', { owner: 'alice' });
await client.send('account', '42', 'deposit', { cents: 5 });
await client.send('account', '42', 'close', {});
await client.send('invoice', '7', 'draft', { customer: 'alice', currency: 'EUR' });
await client.send('invoice', '7', 'pay', { amount: '12.50' });
await client.send('invoice', '7', 'pay', { amount: 12.5, reference: 'x' });
const opened: Events['account']['opened'] = { owner: 'alice' };
const paid: Events['invoice']['paid'] = { amount: '1.00', open: '0.00', by: opened.owner };
const invoice = await client.aggregate('invoice', '7');
const total: string | undefined = invoice?.state.lines[0]?.unit_price;
const untyped = new Antiphon({ token: '' });
await untyped.send('anything', '1', 'at-all', { x: [paid, total] });

// @ts-expect-error: there is no such aggregate
await client.send('acount', '42', 'deposit', { cents: 5 });
// @ts-expect-error: there is no such command
await client.send('account', '42', 'depositt', { cents: 5 });
// @ts-expect-error: a field is missing
await client.send('account', '42', 'deposit', {});
// @ts-expect-error: a field is of another type
await client.send('account', '42', 'deposit', { cents: '5' });
// @ts-expect-error: there is no such field
await client.send('account', '42', 'deposit', { cents: 5, note: '' });
// @ts-expect-error: a command without fields has none
await client.send('account', '42', 'close', { reason: '' });
// @ts-expect-error: a currency that there is not
await client.send('invoice', '7', 'draft', { customer: 'alice', currency: 'DEM' });
// @ts-expect-error: an event's decimal is text
const unread: Events['invoice']['paid'] = { amount: 1, open: '0.00', by: '' };
// @ts-expect-error: a state has no such field
console.log(invoice?.state.clerk, unread);
