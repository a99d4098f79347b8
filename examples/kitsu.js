// An ordinary JSON:API client (https://www.npmjs.com/package/kitsu) uses the API from end to end.
// API_URL and API_TOKEN say where and as whom; each step checks what it got. Exits 0 if all held.

import assert from 'node:assert/strict'
import Kitsu from 'kitsu'

const api = new Kitsu({
  baseURL: process.env.API_URL ?? 'http://127.0.0.1:8000/api',
  headers: { Authorization: `Bearer ${process.env.API_TOKEN}` },
  // Member names and types are used as they are.
  camelCaseTypes: false,
  resourceCase: 'none',
  pluralize: false
})

// Kitsu throws what axios threw, with the error objects of the document in `errors`.
async function refusal (attempt) {
  try {
    await attempt()
  } catch (error) {
    return error.errors[0]
  }
  assert.fail('this should have been refused')
}

const stamp = Date.now()
const label = `Kitsu ${stamp}`

// Create: a wallet with an opening balance. Money is a string, exact.
const { data: wallet } = await api.create('wallets', { label, balance: '100.00' })
assert.equal(wallet.balance, '100.00')
console.log(`opened wallet ${wallet.id}`)

// Create with a relationship, and with a key under which it is done once only.
const rent = {
  txid: `rent-${stamp}`,
  amount: '-60.50',
  description: 'November',
  wallet: { data: { type: 'wallets', id: wallet.id } }
}
const once = { headers: { 'Idempotency-Key': `kitsu-${stamp}` } }
const { data: posted } = await api.create('transactions', rent, once)
const { data: again } = await api.create('transactions', rent, once)
assert.deepEqual([posted.kind, posted.balanceAfter], ['withdrawal', '39.50'])
assert.equal(again.id, posted.id)
console.log(`posted ${posted.txid}, once`)

// List: filter, sort, page, include, choose fields.
const { data: found, meta } = await api.get('transactions', {
  params: {
    filter: { wallet: wallet.id, 'amount.lt': '0' },
    sort: '-createdAt',
    include: 'wallet',
    fields: { transactions: 'txid,amount,wallet', wallets: 'label' },
    page: { size: 5 }
  }
})
assert.equal(meta.total, 1)
assert.equal(found[0].txid, rent.txid)
assert.equal(found[0].wallet.data.label, label)
assert.equal(found[0].description, undefined)
console.log(`found ${meta.total} withdrawal of ${found[0].wallet.data.label}`)

// Get one with what is related to it.
const { data: whole } = await api.get(`wallets/${wallet.id}`, { params: { include: 'transactions' } })
assert.equal(whole.balance, '39.50')
assert.equal(whole.transactions.data.length, 2)

// Update.
const { data: renamed } = await api.update('wallets', { id: wallet.id, label: `${label}!` })
assert.equal(renamed.label, `${label}!`)
console.log(`renamed it to ${renamed.label}`)

// Errors: a code for programs, a pointer to the member, a text for people; nothing moved.
const overdraft = await refusal(() => api.create('transactions', { ...rent, txid: undefined, amount: '-1000.00' }))
assert.deepEqual([overdraft.status, overdraft.code], ['422', 'insufficient_funds'])
assert.equal(overdraft.source.pointer, '/data/attributes/amount')
const typo = await refusal(() => api.get('wallets', { params: { filter: { colour: 'red' } } }))
assert.deepEqual([typo.code, typo.source.parameter], ['invalid_filter', 'filter[colour]'])
console.log(`refused: ${overdraft.detail}`)

// Delete: a transaction is reversed (withdrawals first, or a deposit's reversal would overdraw), an
// empty wallet is closed.
const notEmpty = await refusal(() => api.remove('wallets', wallet.id))
assert.equal(notEmpty.code, 'wallet_not_empty')
const isWithdrawal = ({ amount }) => amount.startsWith('-')
for (const transaction of whole.transactions.data.sort((a, b) => isWithdrawal(b) - isWithdrawal(a))) {
  await api.remove('transactions', transaction.id)
}
await api.remove('wallets', wallet.id)
const gone = await refusal(() => api.get(`wallets/${wallet.id}`))
assert.equal(gone.status, '404')
console.log('closed it')
