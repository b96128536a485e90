CREATE INDEX ix_customers_email ON customers (shop_id, email_norm text_pattern_ops)
-- next
ALTER TABLE customers ADD COLUMN name_norm text GENERATED ALWAYS AS (nullif(lower(coalesce(first_name || ' ', '') || coalesce(last_name, '')), '')) STORED, ADD COLUMN last_name_norm text GENERATED ALWAYS AS (lower(last_name)) STORED
-- next
CREATE INDEX ix_customers_last_name ON customers (shop_id, last_name_norm text_pattern_ops)
-- next
CREATE INDEX ix_customers_name ON customers (shop_id, name_norm text_pattern_ops)
-- next
CREATE INDEX ix_products_title ON products (shop_id, lower(title), id)
-- next
CREATE INDEX ix_messages_refused ON messages (shop_id, id) WHERE state IN ('failed', 'unknown', 'blocked', 'cancelled')
-- next
ALTER TABLE orders ADD COLUMN country text GENERATED ALWAYS AS (shipping_address ->> 'country') STORED
-- next
CREATE INDEX ix_orders_country ON orders (shop_id, country, placed_at, id)
-- next
CREATE INDEX ix_orders_number_prefix ON orders (shop_id, number_norm text_pattern_ops)
-- next
CREATE INDEX ix_orders_placed ON orders (shop_id, placed_at, id)
-- next
CREATE INDEX ix_order_lines_product ON order_lines (shop_id, product_external_id, id) INCLUDE (quantity, variant_external_id)
-- next
CREATE INDEX ix_shipments_carrier ON shipments (shop_id, carrier, id)
-- next
CREATE INDEX ix_shipments_delivered ON shipments (shop_id, delivered_at, id) WHERE direction = 'outbound' AND delivered_at IS NOT NULL
-- next
CREATE INDEX ix_shipments_trouble ON shipments (shop_id, order_id) WHERE direction = 'outbound' AND delivered_at IS NULL AND (problem IS NOT NULL OR delay IS NOT NULL OR status IN ('attempt_failed', 'returning', 'returned', 'expired'))
-- next
ALTER TABLE staff_sessions ADD COLUMN IF NOT EXISTS device text;
-- next
DROP TABLE IF EXISTS return_counters
-- next
CREATE TABLE imports (
	kind TEXT NOT NULL, 
	filename TEXT NOT NULL, 
	blob TEXT NOT NULL, 
	task_id UUID NOT NULL, 
	dry_run BOOLEAN NOT NULL, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	source TEXT, 
	columns JSONB DEFAULT '[]' NOT NULL, 
	given JSONB DEFAULT '{}' NOT NULL, 
	mapping JSONB DEFAULT '{}' NOT NULL, 
	rows INTEGER DEFAULT '0' NOT NULL, 
	records INTEGER DEFAULT '0' NOT NULL, 
	created INTEGER DEFAULT '0' NOT NULL, 
	updated INTEGER DEFAULT '0' NOT NULL, 
	unchanged INTEGER DEFAULT '0' NOT NULL, 
	problem_count INTEGER DEFAULT '0' NOT NULL, 
	problems JSONB DEFAULT '[]' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_imports PRIMARY KEY (shop_id, id), 
	CONSTRAINT ck_imports_kind CHECK (kind IN ('orders', 'shipments', 'products')), 
	CONSTRAINT ck_imports_state CHECK (state IN ('waiting', 'checked', 'done', 'failed'))
)
-- next
CREATE INDEX ix_imports_list ON imports (shop_id, id)
-- next
CREATE TABLE macros (
	name TEXT NOT NULL, 
	body TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_macros PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_macros_name UNIQUE (shop_id, name)
)
-- next
CREATE TABLE privacy_requests (
	connection_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	external_id TEXT NOT NULL, 
	customer TEXT, 
	customer_id UUID, 
	state TEXT DEFAULT 'open' NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	result JSONB, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_privacy_requests PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_privacy_requests_external_id UNIQUE (shop_id, connection_id, kind, external_id), 
	CONSTRAINT ck_privacy_requests_kind CHECK (kind IN ('export', 'erase', 'erase_shop')), 
	CONSTRAINT ck_privacy_requests_state CHECK (state IN ('open', 'done'))
)
-- next
CREATE TABLE storefront_installs (
	shop_domain TEXT NOT NULL, 
	staff_id UUID NOT NULL, 
	staff_name TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_storefront_installs PRIMARY KEY (shop_id, id)
)
-- next
CREATE TABLE webhook_endpoints (
	url TEXT NOT NULL, 
	description TEXT DEFAULT '' NOT NULL, 
	events JSONB NOT NULL, 
	slots SMALLINT DEFAULT '2' NOT NULL, 
	secret TEXT NOT NULL, 
	previous_secret TEXT, 
	previous_until TIMESTAMP WITH TIME ZONE, 
	state TEXT DEFAULT 'live' NOT NULL, 
	problem TEXT, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	failing_since TIMESTAMP WITH TIME ZONE, 
	open_until TIMESTAMP WITH TIME ZONE, 
	lane INTEGER DEFAULT '0' NOT NULL, 
	lane_until TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_webhook_endpoints PRIMARY KEY (shop_id, id), 
	CONSTRAINT ck_webhook_endpoints_state CHECK (state IN ('live', 'off', 'disabled')), 
	CONSTRAINT ck_webhook_endpoints_slots CHECK (slots BETWEEN 1 AND 10)
)
-- next
CREATE INDEX ix_webhook_endpoints_lane ON webhook_endpoints (lane_until) WHERE lane_until IS NOT NULL
-- next
CREATE TABLE storefront_objects (
	connection_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	external_id TEXT NOT NULL, 
	version TIMESTAMP WITH TIME ZONE, 
	local_id UUID, 
	confirmed BOOLEAN DEFAULT 'true' NOT NULL, 
	problem TEXT, 
	data JSONB DEFAULT '{}'::jsonb NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_storefront_objects PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_storefront_objects_shop_id_connection_id_connections FOREIGN KEY(shop_id, connection_id) REFERENCES connections (shop_id, id), 
	CONSTRAINT uq_storefront_objects_external_id UNIQUE (shop_id, connection_id, kind, external_id), 
	CONSTRAINT ck_storefront_objects_kind CHECK (kind IN ('order', 'product', 'customer', 'parcel', 'item'))
)
-- next
CREATE INDEX ix_storefront_objects_local ON storefront_objects (shop_id, kind, local_id) WHERE local_id IS NOT NULL
-- next
CREATE TABLE storefront_syncs (
	shop_id UUID NOT NULL, 
	connection_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	watermark TIMESTAMP WITH TIME ZONE NOT NULL, 
	checked_at TIMESTAMP WITH TIME ZONE, 
	repaired INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_storefront_syncs PRIMARY KEY (shop_id, connection_id, kind), 
	CONSTRAINT fk_storefront_syncs_shop_id_connection_id_connections FOREIGN KEY(shop_id, connection_id) REFERENCES connections (shop_id, id)
)
-- next
CREATE TABLE storefront_writes (
	connection_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	group_id UUID, 
	order_id UUID, 
	local_id UUID, 
	task JSONB NOT NULL, 
	state TEXT DEFAULT 'planned' NOT NULL, 
	remote_id TEXT, 
	problem TEXT, 
	sends INTEGER DEFAULT '0' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_storefront_writes PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_storefront_writes_shop_id_connection_id_connections FOREIGN KEY(shop_id, connection_id) REFERENCES connections (shop_id, id), 
	CONSTRAINT uq_storefront_writes_source UNIQUE (shop_id, connection_id, kind, source_id), 
	CONSTRAINT ck_storefront_writes_kind CHECK (kind IN ('note', 'refund', 'order', 'codes', 'credit')), 
	CONSTRAINT ck_storefront_writes_state CHECK (state IN ('planned', 'sent', 'done', 'failed', 'skipped'))
)
-- next
CREATE INDEX ix_storefront_writes_group ON storefront_writes (shop_id, group_id) WHERE group_id IS NOT NULL
-- next
CREATE INDEX ix_storefront_writes_order ON storefront_writes (shop_id, order_id) WHERE order_id IS NOT NULL
-- next
CREATE INDEX ix_storefront_writes_remote ON storefront_writes (shop_id, connection_id, kind, remote_id)
-- next
CREATE TABLE webhook_deliveries (
	endpoint_id UUID NOT NULL, 
	event_id UUID NOT NULL, 
	event TEXT NOT NULL, 
	body JSONB, 
	state TEXT DEFAULT 'due' NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	status SMALLINT, 
	error TEXT, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_webhook_deliveries PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_webhook_deliveries_shop_id_endpoint_id_event_id UNIQUE (shop_id, endpoint_id, event_id), 
	CONSTRAINT fk_webhook_deliveries_shop_id_endpoint_id_webhook_endpoints FOREIGN KEY(shop_id, endpoint_id) REFERENCES webhook_endpoints (shop_id, id) ON DELETE CASCADE, 
	CONSTRAINT ck_webhook_deliveries_state CHECK (state IN ('delivered', 'due', 'failed', 'running'))
)
-- next
CREATE INDEX ix_webhook_deliveries_done ON webhook_deliveries (done_at) WHERE done_at IS NOT NULL
-- next
CREATE INDEX ix_webhook_deliveries_due ON webhook_deliveries (shop_id, endpoint_id, due_at) WHERE state = 'due'
-- next
CREATE INDEX ix_webhook_deliveries_lease ON webhook_deliveries (lease_until) WHERE state = 'running'
-- next
CREATE INDEX ix_webhook_deliveries_list ON webhook_deliveries (shop_id, endpoint_id, id)
-- next
CREATE TABLE webhook_notices (
	endpoint_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	message TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_webhook_notices PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_webhook_notices_shop_id_endpoint_id_webhook_endpoints FOREIGN KEY(shop_id, endpoint_id) REFERENCES webhook_endpoints (shop_id, id) ON DELETE CASCADE, 
	CONSTRAINT ck_webhook_notices_kind CHECK (kind IN ('gone', 'failing'))
)
-- next
CREATE INDEX ix_webhook_notices_endpoint ON webhook_notices (shop_id, endpoint_id, id)
-- next
CREATE TABLE refund_surpluses (
	order_id UUID NOT NULL, 
	provider_ref TEXT NOT NULL, 
	payment_ref TEXT NOT NULL, 
	amount BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_refund_surpluses PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_refund_surpluses_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT uq_refund_surpluses_provider_ref UNIQUE (shop_id, provider_ref), 
	CONSTRAINT ck_refund_surpluses_state CHECK (state IN ('open', 'done', 'canceled')), 
	CONSTRAINT ck_refund_surpluses_amount CHECK (amount > 0)
)
-- next
CREATE INDEX ix_refund_surpluses_open ON refund_surpluses (shop_id, id) WHERE state = 'open'
-- next
CREATE TABLE webhook_attempts (
	delivery_id UUID NOT NULL, 
	number INTEGER NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	url TEXT NOT NULL, 
	headers JSONB NOT NULL, 
	status SMALLINT, 
	answer TEXT, 
	error TEXT, 
	duration_ms INTEGER NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_webhook_attempts PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_webhook_attempts_shop_id_delivery_id_webhook_deliveries FOREIGN KEY(shop_id, delivery_id) REFERENCES webhook_deliveries (shop_id, id) ON DELETE CASCADE
)
-- next
CREATE INDEX ix_webhook_attempts_delivery ON webhook_attempts (shop_id, delivery_id, at)
-- next
CREATE TABLE tickets (
	number TEXT NOT NULL, 
	external_id TEXT, 
	order_id UUID, 
	shipment_id UUID, 
	return_id UUID, 
	customer_id UUID NOT NULL, 
	subject TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	channel TEXT NOT NULL, 
	assignee_id UUID, 
	locale TEXT, 
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	replied_at TIMESTAMP WITH TIME ZONE, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	messages INTEGER DEFAULT '0' NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_tickets PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_tickets_number UNIQUE (shop_id, number), 
	CONSTRAINT uq_tickets_external_id UNIQUE (shop_id, external_id), 
	CONSTRAINT fk_tickets_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT fk_tickets_shop_id_shipment_id_shipments FOREIGN KEY(shop_id, shipment_id) REFERENCES shipments (shop_id, id), 
	CONSTRAINT fk_tickets_shop_id_customer_id_customers FOREIGN KEY(shop_id, customer_id) REFERENCES customers (shop_id, id), 
	CONSTRAINT fk_tickets_shop_id_assignee_id_staff FOREIGN KEY(shop_id, assignee_id) REFERENCES staff (shop_id, id), 
	CONSTRAINT ck_tickets_state CHECK (state IN ('closed', 'open', 'waiting')), 
	CONSTRAINT ck_tickets_topic CHECK (topic IN ('wismo', 'return', 'product', 'other')), 
	CONSTRAINT ck_tickets_channel CHECK (channel IN ('page', 'api', 'mail')), 
	CONSTRAINT ck_tickets_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL))
)
-- next
CREATE INDEX ix_tickets_customer ON tickets (shop_id, customer_id)
-- next
CREATE INDEX ix_tickets_order ON tickets (shop_id, order_id)
-- next
CREATE INDEX ix_tickets_state ON tickets (shop_id, state, last_at, id)
-- next
CREATE TABLE ticket_messages (
	ticket_id UUID NOT NULL, 
	direction TEXT NOT NULL, 
	author TEXT NOT NULL, 
	body TEXT NOT NULL, 
	mail_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_ticket_messages PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_ticket_messages_shop_id_ticket_id_tickets FOREIGN KEY(shop_id, ticket_id) REFERENCES tickets (shop_id, id), 
	CONSTRAINT ck_ticket_messages_direction CHECK (direction IN ('in', 'out', 'note'))
)
-- next
CREATE INDEX ix_ticket_messages_ticket ON ticket_messages (shop_id, ticket_id, at, id)
-- next
GRANT select, insert, update ON hits TO comeback_machinery
-- next
ALTER TABLE imports ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE imports FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON imports FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON imports TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON imports
-- next
CREATE POLICY shop ON imports TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE macros ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE macros FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON macros FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON macros TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON macros
-- next
CREATE POLICY shop ON macros TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE privacy_requests ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE privacy_requests FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON privacy_requests FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON privacy_requests TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON privacy_requests
-- next
CREATE POLICY shop ON privacy_requests TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE storefront_installs ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE storefront_installs FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON storefront_installs FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON storefront_installs TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON storefront_installs
-- next
CREATE POLICY shop ON storefront_installs TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE webhook_endpoints ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE webhook_endpoints FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON webhook_endpoints FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON webhook_endpoints TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON webhook_endpoints
-- next
CREATE POLICY shop ON webhook_endpoints TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, update ON webhook_endpoints TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON webhook_endpoints
-- next
CREATE POLICY machinery ON webhook_endpoints TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE storefront_objects ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE storefront_objects FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON storefront_objects FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON storefront_objects TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON storefront_objects
-- next
CREATE POLICY shop ON storefront_objects TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE storefront_syncs ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE storefront_syncs FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON storefront_syncs FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON storefront_syncs TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON storefront_syncs
-- next
CREATE POLICY shop ON storefront_syncs TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select ON storefront_syncs TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON storefront_syncs
-- next
CREATE POLICY machinery ON storefront_syncs TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE storefront_writes ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE storefront_writes FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON storefront_writes FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON storefront_writes TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON storefront_writes
-- next
CREATE POLICY shop ON storefront_writes TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE webhook_deliveries FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON webhook_deliveries FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON webhook_deliveries TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON webhook_deliveries
-- next
CREATE POLICY shop ON webhook_deliveries TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, update, delete ON webhook_deliveries TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON webhook_deliveries
-- next
CREATE POLICY machinery ON webhook_deliveries TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE webhook_notices ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE webhook_notices FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON webhook_notices FROM comeback_app, comeback_machinery
-- next
GRANT select, delete ON webhook_notices TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON webhook_notices
-- next
CREATE POLICY shop ON webhook_notices TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, insert ON webhook_notices TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON webhook_notices
-- next
CREATE POLICY machinery ON webhook_notices TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE refund_surpluses ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE refund_surpluses FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON refund_surpluses FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON refund_surpluses TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON refund_surpluses
-- next
CREATE POLICY shop ON refund_surpluses TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE webhook_attempts ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE webhook_attempts FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON webhook_attempts FROM comeback_app, comeback_machinery
-- next
GRANT select ON webhook_attempts TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON webhook_attempts
-- next
CREATE POLICY shop ON webhook_attempts TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, insert ON webhook_attempts TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON webhook_attempts
-- next
CREATE POLICY machinery ON webhook_attempts TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE tickets ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE tickets FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON tickets FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON tickets TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON tickets
-- next
CREATE POLICY shop ON tickets TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE ticket_messages ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE ticket_messages FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON ticket_messages FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON ticket_messages TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON ticket_messages
-- next
CREATE POLICY shop ON ticket_messages TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
CREATE OR REPLACE FUNCTION order_page(page bytea) RETURNS json LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE shop uuid; subject uuid;
BEGIN
  PERFORM set_config('role', 'comeback_app', true);
  SELECT r.shop_id, r.subject INTO shop, subject FROM resolve('page', page) r LIMIT 1;
  IF shop IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('app.shop', shop::text, true);
  RETURN (SELECT json_build_object(
    'shop_id', shop,
    'order', json_build_object('id', o.id, 'number', o.number, 'external_id', o.external_id,
      'customer_id', o.customer_id, 'placed_at', o.placed_at, 'history', o.history, 'state', o.state,
      'currency', o.currency, 'total', o.total, 'locale', o.locale, 'shipping_address', o.shipping_address),
    'person', (SELECT to_json(r) FROM (
      SELECT c.id, c.email, c.first_name, c.last_name, c.phone, c.locale, c.timezone
      FROM customers c WHERE c.shop_id = shop AND c.id = o.customer_id) r),
    'agreed', EXISTS (SELECT FROM consents c WHERE c.shop_id = shop AND c.customer_id = o.customer_id
      AND c.channel = 'email' AND c.purpose = 'marketing' AND c.granted),
    'lines', (SELECT json_agg(r ORDER BY r.position) FROM (
      SELECT l.id, l.order_id, l.external_id, l.position, l.title, l.sku, l.quantity, l.unit_price, l.image_url, l.url, l.variant_id, l.product_external_id, l.attributes FROM order_lines l WHERE l.shop_id = shop AND l.order_id = o.id) r),
    'carried', (SELECT json_agg(r) FROM (
      SELECT l.id, l.order_id, l.external_id, l.position, l.title, l.sku, l.quantity, l.unit_price, l.image_url, l.url, l.variant_id, l.product_external_id, l.attributes FROM shipments s JOIN shipment_lines p ON p.shop_id = shop AND p.shipment_id = s.id
        JOIN order_lines l ON l.shop_id = shop AND l.id = p.line_id
      WHERE s.shop_id = shop AND s.order_id = o.id AND l.order_id <> o.id) r),
    'returned', (SELECT count(*) FROM order_lines l JOIN order_units u ON u.shop_id = shop AND u.line_id = l.id
      WHERE l.shop_id = shop AND l.order_id = o.id AND u.state = 'returned'),
    'parcels', (SELECT json_agg(r ORDER BY r.created_at, r.id) FROM (
      SELECT s.id, s.order_id, s.direction, s.return_id, s.carrier, s.service, s.tracking_number, s.status,
        s.substatus, s.reason, s.problem, s.delay, s.flags, s.attempts, s.why, s.eta_from, s.eta_until, s.eta_source,
        s.eta_original_until, s.shipped_at, s.first_scan_at, s.delivered_at, s.last_event_at, s.history, s.method,
        s.label_state, s.label_blob, s.label_qr, s.label_cost, s.label_problem, s.created_at,
        (SELECT json_agg(json_build_array(p.line_id, p.quantity) ORDER BY p.line_id) FROM shipment_lines p
          WHERE p.shop_id = shop AND p.shipment_id = s.id) AS pieces,
        (SELECT json_agg(e) FROM (
          SELECT e.key, e.received_at, e.carrier, e.tracking_number, e.sources, e.code, e.status, e.substatus, e.reason, e.occurred_at, e.occurred_local, e.tz_source, e.city, e.country, e.text, e.child_number, e.provider_id, e.physical, e.resolved, e.reversal, e.contradiction, e.unmapped, e.revokes FROM shipment_numbers n JOIN carrier_events e
            ON e.shop_id = shop AND e.tracking_number = n.tracking_number
            AND (e.carrier = n.carrier OR n.kind = 'child') AND e.shipment_id IS NULL
          WHERE n.shop_id = shop AND n.shipment_id = s.id
          UNION ALL
          SELECT e.key, e.received_at, e.carrier, e.tracking_number, e.sources, e.code, e.status, e.substatus, e.reason, e.occurred_at, e.occurred_local, e.tz_source, e.city, e.country, e.text, e.child_number, e.provider_id, e.physical, e.resolved, e.reversal, e.contradiction, e.unmapped, e.revokes FROM carrier_events e WHERE e.shop_id = shop AND e.shipment_id = s.id) e) AS events,
        (SELECT json_agg(t ORDER BY t.created_at, t.id) FROM (
          SELECT t.id, t.shipment_id, t.author, t.text, t.public, t.created_at FROM shipment_notes t
          WHERE t.shop_id = shop AND t.shipment_id = s.id AND t.public) t) AS notes
      FROM shipments s WHERE s.shop_id = shop AND s.order_id = o.id) r))
    FROM orders o WHERE o.shop_id = shop AND o.id = subject);
END $$
-- next
CREATE OR REPLACE FUNCTION tickets_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['closed>open', 'closed>waiting', 'open>closed', 'open>waiting', 'waiting>closed', 'waiting>open']::text[]) THEN
    RAISE EXCEPTION 'ticket: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'tickets_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER tickets_state_moves BEFORE UPDATE OF state ON tickets FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tickets_state_moves()
-- next
CREATE OR REPLACE FUNCTION webhook_deliveries_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['delivered>due', 'due>failed', 'due>running', 'failed>due', 'running>delivered', 'running>due', 'running>failed']::text[]) THEN
    RAISE EXCEPTION 'delivery: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'webhook_deliveries_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER webhook_deliveries_state_moves BEFORE UPDATE OF state ON webhook_deliveries FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION webhook_deliveries_state_moves()
-- next
ALTER TABLE webhook_deliveries SET (fillfactor = 70)
-- next
ALTER TABLE webhook_endpoints SET (fillfactor = 50)