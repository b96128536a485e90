-- What must hold in every shop at every commit (reliability, C.2). Each statement answers the rows that offend, as
-- (id, detail); it is run under row level security, so it sees one shop. No row is the only good answer.
-- A line `-- I3 refunds_capped: sentence` begins a statement. Outgoing webhooks (I13) have no tables yet.

-- I1 marketing_once: A marketing mail was handed over again after its outcome was unknown.
SELECT id::text AS id, 'resent' AS detail FROM messages WHERE class = 'marketing' AND resent;

-- I1 message_id_once: Two messages carry the same Message-ID.
SELECT min(id::text) AS id, message_id AS detail FROM messages WHERE message_id IS NOT NULL
GROUP BY message_id HAVING count(*) > 1;

-- I2 message_stuck: A message is under way, but nobody has held its lease for ten minutes.
SELECT id::text AS id, state AS detail FROM messages WHERE state IN ('claimed', 'rendered', 'handing_over')
AND (lease_until IS NULL OR lease_until < clock_timestamp() - interval '10 minutes');

-- I2 message_unfrozen: A message left without the bytes' hash, its Message-ID or its Date being fixed first.
SELECT id::text AS id, state AS detail FROM messages WHERE state IN ('handing_over', 'accepted', 'unknown')
AND (content_hash IS NULL OR message_id IS NULL OR mime_date IS NULL OR handed_at IS NULL);

-- I2 work_stuck: Work is claimed, but its lease ran out ten minutes ago; or it is due for an hour and nobody came.
SELECT id::text AS id, job || ' ' || state AS detail FROM outbox
WHERE (state = 'running' AND (lease_until IS NULL OR lease_until < clock_timestamp() - interval '10 minutes'))
   OR (state = 'due' AND due_at < clock_timestamp() - interval '1 hour');

-- I3 tender_capped: Refunds that succeeded or may still succeed exceed what a means of payment captured.
SELECT t.id::text AS id, format('%s of %s', sum(r.amount), t.captured) AS detail
FROM refunds r JOIN order_tenders t ON t.shop_id = r.shop_id AND t.id = r.tender_id
WHERE r.state NOT IN ('failed', 'canceled') GROUP BY t.id, t.captured HAVING sum(r.amount) > t.captured;

-- I3 tender_counted: A tender's reserve differs from its open refunds, or it counts less than was paid back.
-- (What became store credit is counted as refunded without a refund.)
SELECT t.id::text AS id,
  format('reserved %s, open refunds %s; refunded %s, paid refunds %s', t.reserved, r.open, t.refunded, r.paid + x.paid)
  AS detail
FROM order_tenders t
CROSS JOIN LATERAL (
  SELECT coalesce(sum(amount) FILTER (WHERE state = 'succeeded'), 0) AS paid,
    coalesce(sum(amount) FILTER (WHERE state IN ('created', 'sent', 'unknown', 'pending', 'requires_action')), 0)
    AS open
  FROM refunds WHERE shop_id = t.shop_id AND tender_id = t.id) r
CROSS JOIN LATERAL (
  SELECT coalesce(sum(amount), 0) AS paid FROM external_refunds WHERE shop_id = t.shop_id AND tender_id = t.id) x
WHERE t.reserved <> r.open OR t.refunded < r.paid + x.paid;

-- I3 order_capped: An order's counters exceed its capture, or fall below what its tenders gave back.
SELECT o.id::text AS id, format('captured %s, refunded %s, reserved %s', o.captured, o.refunded, o.reserved) AS detail
FROM orders o JOIN (
  SELECT shop_id, order_id, sum(captured) AS captured, sum(refunded) AS refunded, sum(reserved) AS reserved
  FROM order_tenders GROUP BY shop_id, order_id) t ON t.shop_id = o.shop_id AND t.order_id = o.id
WHERE o.refunded + o.reserved > o.captured OR o.captured <> t.captured OR o.refunded + o.reserved < t.refunded + t.reserved;

-- I3 line_capped: More was given back for a line than it cost.
SELECT id::text AS id, format('%s of %s', refunded, net + tax) AS detail FROM order_lines WHERE refunded > net + tax;

-- I4 provider_refund_once: Two refunds of ours are one refund at the provider.
SELECT min(id::text) AS id, provider_ref AS detail FROM refunds WHERE provider_ref IS NOT NULL
GROUP BY rail, provider_ref HAVING count(*) > 1;

-- I4 attempt_once: A decision has two attempts on one tender that are both alive.
SELECT min(id::text) AS id, format('%s %s: %s attempts', source_kind, source_id, count(*)) AS detail FROM refunds
WHERE state NOT IN ('failed', 'canceled') GROUP BY source_kind, source_id, tender_id HAVING count(*) > 1;

-- I4 sent_without_body: A refund left without the body that its key is bound to.
SELECT id::text AS id, state AS detail FROM refunds WHERE rail = 'stripe' AND origin = 'own' AND posts > 0
AND (body IS NULL OR first_sent_at IS NULL OR body ->> 'id' <> id::text);

-- I5 ledger_balanced: A transaction's entries do not sum to zero in each currency, or are fewer than two.
SELECT t.id::text AS id, t.kind AS detail FROM ledger_transactions t
WHERE (SELECT count(*) FROM ledger_entries e WHERE e.shop_id = t.shop_id AND e.transaction_id = t.id) < 2
   OR EXISTS (SELECT FROM ledger_entries e WHERE e.shop_id = t.shop_id AND e.transaction_id = t.id
              GROUP BY e.currency HAVING sum(e.amount) <> 0);

-- I5 refund_booked: A refund that succeeded is not in the ledger once, or one that did not is there unreversed.
SELECT r.id::text AS id, format('%s, booked %s, reversed %s', r.state, b.paid, b.back) AS detail
FROM refunds r CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE kind = 'refund') AS paid, count(*) FILTER (WHERE kind = 'refund_reversal') AS back
  FROM ledger_transactions WHERE shop_id = r.shop_id AND kind IN ('refund', 'refund_reversal')
    AND source_id = r.id::text) b
WHERE b.paid - b.back <> CASE WHEN r.state = 'succeeded' THEN 1 ELSE 0 END;

-- I5 credit_balanced: An account's balance differs from its lots or its entries, or is below zero.
SELECT a.id::text AS id, format('balance %s + %s, lots %s, entries %s', a.balance, a.promotional, l.left, e.sum) AS detail
FROM credit_accounts a
CROSS JOIN LATERAL (
  SELECT coalesce(sum(remaining) FILTER (WHERE NOT promotional), 0) AS cash,
    coalesce(sum(remaining) FILTER (WHERE promotional), 0) AS promotional, coalesce(sum(remaining), 0) AS left
  FROM credit_lots WHERE shop_id = a.shop_id AND account_id = a.id) l
CROSS JOIN LATERAL (
  SELECT coalesce(sum(amount), 0) AS sum FROM credit_entries WHERE shop_id = a.shop_id AND account_id = a.id) e
WHERE a.balance <> l.cash OR a.promotional <> l.promotional OR e.sum <> l.left OR a.balance < 0 OR a.promotional < 0;

-- I6 coupon_uses: A coupon was used more often than it may be, or its count differs from its redemptions.
SELECT c.id::text AS id, format('used %s of %s, redeemed %s', c.used, c.uses, r.count) AS detail
FROM coupons c CROSS JOIN LATERAL (
  SELECT count(*) AS count FROM coupon_redemptions WHERE shop_id = c.shop_id AND coupon_id = c.id) r
WHERE c.used > c.uses OR c.used <> r.count;

-- I6 coupon_per_customer: One customer used a coupon more often than its pool allows.
SELECT r.coupon_id::text AS id, format('%s of %s', count(*), p.per_customer) AS detail
FROM coupon_redemptions r JOIN coupons c ON c.shop_id = r.shop_id AND c.id = r.coupon_id
JOIN coupon_pools p ON p.shop_id = c.shop_id AND p.id = c.pool_id
WHERE p.per_customer IS NOT NULL AND r.customer_id IS NOT NULL
GROUP BY r.coupon_id, r.customer_id, p.per_customer HAVING count(*) > p.per_customer;

-- I6 pool_maximum: A pool gave out more codes than it may.
SELECT id::text AS id, format('%s of %s', issued, maximum) AS detail FROM coupon_pools WHERE issued > maximum;

-- I7 delivery_lost: A webhook was accepted (in the days that done work is kept), but nothing works on it.
SELECT i.id::text AS id, i.kind || ' ' || i.topic AS detail FROM inbox i
WHERE i.received_at > clock_timestamp() - interval '6 days' AND NOT EXISTS (
  SELECT FROM outbox o WHERE o.shop_id = i.shop_id AND o.payload ->> 'inbox' = i.id::text);

-- I7 event_unheard: A parcel's milestone was to be told, but no event of it was ever published.
SELECT m.shipment_id::text AS id, m.name AS detail FROM milestones m
WHERE m.notified AND NOT EXISTS (
  SELECT FROM events e WHERE e.shop_id = m.shop_id AND e.shipment_id = m.shipment_id);

-- I8 stock_counted: Stock is below zero, or its reserve differs from the open reservations.
SELECT s.variant_id::text AS id, format('%s, reserved %s, open %s', s.quantity, s.reserved, r.open) AS detail
FROM stock s CROSS JOIN LATERAL (
  SELECT coalesce(sum(quantity), 0) AS open FROM reservations
  WHERE shop_id = s.shop_id AND variant_id = s.variant_id AND place_id = s.place_id AND state = 'open') r
WHERE s.quantity < 0 OR s.reserved <> CASE WHEN s.state = 'sellable' THEN r.open ELSE 0 END;

-- I8 units_bought: More units of a line are taken than it has.
SELECT u.line_id::text AS id, format('slot %s of %s', max(u.slot), l.quantity) AS detail
FROM order_units u JOIN order_lines l ON l.shop_id = u.shop_id AND l.id = u.line_id
GROUP BY u.line_id, l.quantity HAVING count(*) > l.quantity OR max(u.slot) > l.quantity;

-- I9 refund_history: The history of a refund has a gap, or does not end in its state.
SELECT refund_id::text AS id, format('%s after %s', state_before, previous) AS detail FROM (
  SELECT refund_id, state_before, lag(state_after) OVER (PARTITION BY refund_id ORDER BY id) AS previous
  FROM payment_events) h WHERE previous <> state_before
UNION ALL
SELECT r.id::text, format('%s, last seen %s', r.state, h.state_after) FROM refunds r CROSS JOIN LATERAL (
  SELECT state_after FROM payment_events WHERE shop_id = r.shop_id AND refund_id = r.id ORDER BY id DESC LIMIT 1) h
WHERE h.state_after <> r.state;

-- I9 enrolment_ended: A flow ended for a person without any step, or is due without a place in it.
SELECT e.id::text AS id, e.state AS detail FROM enrolments e
WHERE e.state = 'done' AND NOT EXISTS (
  SELECT FROM enrolment_steps s WHERE s.shop_id = e.shop_id AND s.enrolment_id = e.id);

-- I10 label_once: A return has two labels that are good.
SELECT return_id::text AS id, format('%s labels', count(*)) AS detail FROM shipments
WHERE direction = 'return' AND label_state = 'label_ready' GROUP BY return_id HAVING count(*) > 1;

-- I10 label_number_once: Two parcels of ours were bought under one number.
SELECT min(id::text) AS id, tracking_number AS detail FROM shipments WHERE label_state = 'label_ready'
GROUP BY carrier, tracking_number HAVING count(*) > 1;

-- I11 opted_out: A marketing mail left more than a minute after its person had said no.
SELECT m.id::text AS id, 'no since ' || greatest(c.at, c.recorded_at) AS detail
FROM messages m JOIN consents c ON c.shop_id = m.shop_id AND c.customer_id = m.customer_id
WHERE m.class = 'marketing' AND m.handed_at IS NOT NULL AND NOT c.granted AND c.purpose = 'marketing'
  AND c.channel = m.channel AND greatest(c.at, c.recorded_at) < m.handed_at - interval '1 minute'
  AND NOT EXISTS (
    SELECT FROM consents later WHERE later.shop_id = c.shop_id AND later.customer_id = c.customer_id
      AND later.purpose = c.purpose AND later.channel = c.channel AND later.granted
      AND later.at >= c.at AND later.at <= m.handed_at);

-- I12 parents: A row names an order, a customer, a parcel or a return that its shop does not have.
SELECT m.id::text AS id, 'messages' AS detail FROM messages m WHERE
  (m.order_id IS NOT NULL AND NOT EXISTS (SELECT FROM orders p WHERE p.shop_id = m.shop_id AND p.id = m.order_id))
  OR (m.customer_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM customers p WHERE p.shop_id = m.shop_id AND p.id = m.customer_id))
  OR (m.shipment_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM shipments p WHERE p.shop_id = m.shop_id AND p.id = m.shipment_id))
  OR (m.return_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM return_cases p WHERE p.shop_id = m.shop_id AND p.id = m.return_id))
UNION ALL
SELECT s.id::text, 'shipments' FROM shipments s WHERE s.return_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM return_cases p WHERE p.shop_id = s.shop_id AND p.id = s.return_id)
UNION ALL
SELECT r.id::text, 'refunds' FROM refunds r WHERE r.return_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM return_cases p WHERE p.shop_id = r.shop_id AND p.id = r.return_id)
UNION ALL
SELECT e.id::text, 'events' FROM events e WHERE e.order_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM orders p WHERE p.shop_id = e.shop_id AND p.id = e.order_id);

-- I14 money_audited: Money that a person gave has no line in the audit log.
SELECT r.id::text AS id, r.source_kind AS detail FROM refunds r WHERE r.source_kind = 'goodwill'
AND NOT EXISTS (SELECT FROM audit_log a WHERE a.shop_id = r.shop_id AND a.action = 'refund.goodwill'
  AND a.subject = r.order_id)
UNION ALL
SELECT s.id::text, 'settlement' FROM settlements s WHERE s.settled_at IS NOT NULL AND NOT EXISTS (SELECT FROM audit_log a WHERE a.shop_id = s.shop_id
  AND a.action = 'return.settled' AND a.subject = s.case_id);

-- I14 keys_audited: An API key exists that nobody is recorded to have made.
SELECT k.id::text AS id, k.name AS detail FROM api_keys k WHERE NOT EXISTS (
  SELECT FROM audit_log a WHERE a.shop_id = k.shop_id AND a.action = 'key.created' AND a.subject = k.id);
