CREATE TABLE address_peppers (
	shop_id UUID NOT NULL, 
	pepper BYTEA NOT NULL, 
	CONSTRAINT pk_address_peppers PRIMARY KEY (shop_id)
)
-- next
CREATE TABLE api_keys (
	name TEXT NOT NULL, 
	hint TEXT NOT NULL, 
	key_digest BYTEA NOT NULL, 
	scopes JSONB NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	last_used_at TIMESTAMP WITH TIME ZONE, 
	revoked_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_api_keys PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_api_keys_shop_id_key_digest UNIQUE (shop_id, key_digest)
)
-- next
CREATE TABLE audit_log (
	at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	actor_kind TEXT NOT NULL, 
	actor_id UUID, 
	actor_name TEXT NOT NULL, 
	action TEXT NOT NULL, 
	subject UUID, 
	data JSONB NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_audit_log PRIMARY KEY (shop_id, id)
)
-- next
CREATE INDEX ix_audit_log_shop_id_at ON audit_log (shop_id, at DESC)
-- next
CREATE INDEX ix_audit_log_shop_id_subject ON audit_log (shop_id, subject)
-- next
CREATE TABLE business_clock (
	shop_id UUID NOT NULL, 
	key SMALLINT NOT NULL, 
	anchor_real TIMESTAMP WITH TIME ZONE NOT NULL, 
	anchor_business TIMESTAMP WITH TIME ZONE NOT NULL, 
	speed FLOAT NOT NULL, 
	CONSTRAINT pk_business_clock PRIMARY KEY (shop_id, key)
)
-- next
CREATE TABLE connections (
	kind TEXT NOT NULL, 
	vendor TEXT NOT NULL, 
	credentials TEXT NOT NULL, 
	secret TEXT NOT NULL, 
	previous_secret TEXT, 
	hook_token TEXT NOT NULL, 
	options JSONB NOT NULL, 
	state TEXT NOT NULL, 
	problem TEXT, 
	checked_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_connections PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_connections_shop_id_kind_vendor UNIQUE (shop_id, kind, vendor), 
	CONSTRAINT ck_connections_kind CHECK (kind IN ('carrier', 'stripe', 'storefront')), 
	CONSTRAINT ck_connections_state CHECK (state IN ('live', 'broken', 'off'))
)
-- next
CREATE TABLE coupon_pools (
	name TEXT NOT NULL, 
	kind TEXT DEFAULT 'unique' NOT NULL, 
	percent INTEGER, 
	amount BIGINT, 
	currency TEXT, 
	minimum BIGINT, 
	valid_days INTEGER DEFAULT '30' NOT NULL, 
	maximum INTEGER, 
	per_customer INTEGER, 
	issued INTEGER DEFAULT '0' NOT NULL, 
	in_offers BOOLEAN DEFAULT 'false' NOT NULL, 
	active BOOLEAN DEFAULT 'true' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_coupon_pools PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_coupon_pools_name UNIQUE (shop_id, name), 
	CONSTRAINT ck_coupon_pools_kind CHECK (kind IN ('unique', 'shared')), 
	CONSTRAINT ck_coupon_pools_worth CHECK (num_nonnulls(percent, amount) = 1), 
	CONSTRAINT ck_coupon_pools_percent CHECK (percent BETWEEN 1 AND 100), 
	CONSTRAINT ck_coupon_pools_amount CHECK (amount > 0 AND currency IS NOT NULL OR amount IS NULL), 
	CONSTRAINT ck_coupon_pools_minimum CHECK (minimum IS NULL OR (minimum > 0 AND currency IS NOT NULL)), 
	CONSTRAINT ck_coupon_pools_issued CHECK (issued >= 0 AND (maximum IS NULL OR issued <= maximum))
)
-- next
CREATE INDEX ix_coupon_pools_offers ON coupon_pools (shop_id) WHERE in_offers AND active
-- next
CREATE TABLE customers (
	external_id TEXT, 
	email TEXT, 
	email_norm TEXT, 
	first_name TEXT, 
	last_name TEXT, 
	phone TEXT, 
	locale TEXT, 
	timezone TEXT, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_customers PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_customers_external_id UNIQUE (shop_id, external_id), 
	CONSTRAINT uq_customers_email_norm UNIQUE (shop_id, email_norm)
)
-- next
CREATE TABLE data_keys (
	shop_id UUID NOT NULL, 
	version INTEGER NOT NULL, 
	wrapped BYTEA NOT NULL, 
	CONSTRAINT pk_data_keys PRIMARY KEY (shop_id, version)
)
-- next
CREATE TABLE directory (
	kind TEXT NOT NULL, 
	key BYTEA NOT NULL, 
	shop_id UUID NOT NULL, 
	subject UUID NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_directory PRIMARY KEY (kind, key, shop_id)
)
-- next
CREATE INDEX ix_directory_subject ON directory (shop_id, kind, subject)
-- next
CREATE TABLE events (
	name TEXT NOT NULL, 
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	order_id UUID, 
	shipment_id UUID, 
	return_id UUID, 
	customer_id UUID, 
	data JSONB NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (shop_id, id)
)
 PARTITION BY RANGE (id)
-- next
CREATE INDEX ix_events_customer ON events (shop_id, customer_id) WHERE customer_id IS NOT NULL
-- next
CREATE INDEX ix_events_order ON events (shop_id, order_id) WHERE order_id IS NOT NULL
-- next
CREATE INDEX ix_events_return ON events (shop_id, return_id) WHERE return_id IS NOT NULL
-- next
CREATE TABLE flows (
	family TEXT NOT NULL, 
	name TEXT NOT NULL, 
	state TEXT DEFAULT 'draft' NOT NULL, 
	live_version INTEGER, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_flows PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_flows_family UNIQUE (shop_id, family), 
	CONSTRAINT ck_flows_state CHECK (state IN ('draft', 'live', 'paused')), 
	CONSTRAINT ck_flows_live CHECK (state = 'draft' OR live_version IS NOT NULL)
)
-- next
CREATE TABLE hits (
	message_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	link SMALLINT, 
	method TEXT NOT NULL, 
	agent TEXT NOT NULL, 
	ip TEXT NOT NULL, 
	delay_ms INTEGER, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_hits PRIMARY KEY (shop_id, id), 
	CONSTRAINT ck_hits_kind CHECK (kind IN ('open', 'click', 'unsubscribe'))
)
 PARTITION BY RANGE (id)
-- next
CREATE INDEX ix_hits_message ON hits (shop_id, message_id)
-- next
CREATE TABLE idempotency_keys (
	shop_id UUID NOT NULL, 
	key TEXT NOT NULL, 
	request_hash BYTEA NOT NULL, 
	status INTEGER, 
	body BYTEA, 
	media_type TEXT, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	CONSTRAINT pk_idempotency_keys PRIMARY KEY (shop_id, key)
)
-- next
CREATE INDEX ix_idempotency_keys_created ON idempotency_keys (created_at)
-- next
CREATE TABLE inbox (
	connection_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	provider_id TEXT NOT NULL, 
	body_hash BYTEA NOT NULL, 
	body BYTEA, 
	received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_inbox PRIMARY KEY (shop_id, id)
)
-- next
CREATE UNIQUE INDEX uq_inbox_body ON inbox (shop_id, connection_id, topic, body_hash)
-- next
CREATE UNIQUE INDEX uq_inbox_provider ON inbox (shop_id, connection_id, topic, provider_id)
-- next
CREATE TABLE ledger_transactions (
	kind TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	order_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_ledger_transactions PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_ledger_transactions_source UNIQUE (shop_id, kind, source_id)
)
-- next
CREATE INDEX ix_ledger_transactions_order ON ledger_transactions (shop_id, order_id) WHERE order_id IS NOT NULL
-- next
CREATE TABLE outbox (
	job TEXT NOT NULL, 
	payload JSONB NOT NULL, 
	key TEXT, 
	state TEXT DEFAULT 'due' NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	last_error TEXT, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (shop_id, id), 
	CONSTRAINT ck_outbox_state CHECK (state IN ('due', 'running', 'done', 'dead'))
)
-- next
CREATE INDEX ix_outbox_done ON outbox (done_at) WHERE state = 'done'
-- next
CREATE INDEX ix_outbox_due ON outbox (due_at) WHERE state = 'due'
-- next
CREATE INDEX ix_outbox_lease ON outbox (lease_until) WHERE state = 'running'
-- next
CREATE UNIQUE INDEX uq_outbox_key ON outbox (shop_id, job, key) WHERE key IS NOT NULL AND state = 'due'
-- next
CREATE TABLE places (
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_places PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_places_code UNIQUE (shop_id, code)
)
-- next
CREATE TABLE policies (
	version INTEGER NOT NULL, 
	state TEXT DEFAULT 'draft' NOT NULL, 
	body JSONB NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	published_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_policies PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_policies_version UNIQUE (shop_id, version), 
	CONSTRAINT ck_policies_state CHECK (state IN ('draft', 'published')), 
	CONSTRAINT ck_policies_version CHECK (version > 0)
)
-- next
CREATE TABLE portal_claims (
	key BYTEA NOT NULL, 
	order_id UUID, 
	target UUID, 
	language TEXT NOT NULL, 
	code BYTEA, 
	tries SMALLINT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_portal_claims PRIMARY KEY (shop_id, id)
)
-- next
CREATE INDEX ix_portal_claims_expires_at ON portal_claims (shop_id, expires_at)
-- next
CREATE UNIQUE INDEX ix_portal_claims_key ON portal_claims (shop_id, key)
-- next
CREATE TABLE products (
	external_id TEXT NOT NULL, 
	title TEXT NOT NULL, 
	description TEXT, 
	url TEXT, 
	image_url TEXT, 
	categories JSONB NOT NULL, 
	tags JSONB NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_products PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_products_external_id UNIQUE (shop_id, external_id)
)
-- next
CREATE TABLE recommendation_models (
	items INTEGER NOT NULL, 
	lines INTEGER NOT NULL, 
	trained_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_recommendation_models PRIMARY KEY (shop_id, id)
)
-- next
CREATE INDEX ix_recommendation_models_newest ON recommendation_models (shop_id, trained_at)
-- next
CREATE TABLE return_counters (
	shop_id UUID NOT NULL, 
	last BIGINT NOT NULL, 
	CONSTRAINT pk_return_counters PRIMARY KEY (shop_id)
)
-- next
CREATE TABLE sending_domains (
	domain TEXT NOT NULL, 
	stream TEXT NOT NULL, 
	local_part TEXT NOT NULL, 
	selector TEXT NOT NULL, 
	algorithm TEXT NOT NULL, 
	private_key TEXT NOT NULL, 
	public_key TEXT NOT NULL, 
	verified_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_sending_domains PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_sending_domains_shop_id_domain_stream_selector UNIQUE (shop_id, domain, stream, selector), 
	CONSTRAINT ck_sending_domains_stream CHECK (stream IN ('orders', 'news')), 
	CONSTRAINT ck_sending_domains_algorithm CHECK (algorithm IN ('rsa', 'ed25519'))
)
-- next
CREATE TABLE shops (
	shop_id UUID NOT NULL, 
	slug TEXT NOT NULL, 
	name TEXT NOT NULL, 
	locale TEXT NOT NULL, 
	timezone TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	country TEXT NOT NULL, 
	brand JSONB NOT NULL, 
	settings JSONB NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	CONSTRAINT pk_shops PRIMARY KEY (shop_id), 
	CONSTRAINT ck_shops_currency CHECK (currency ~ '^[A-Z]{3}$'), 
	CONSTRAINT uq_shops_slug UNIQUE (slug)
)
-- next
CREATE TABLE staff (
	email TEXT NOT NULL, 
	email_norm TEXT NOT NULL, 
	name TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	role TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	last_login_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_staff PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_staff_shop_id_email_norm UNIQUE (shop_id, email_norm), 
	CONSTRAINT ck_staff_role CHECK (role IN ('owner', 'manager', 'agent', 'warehouse', 'viewer'))
)
-- next
CREATE TABLE suppressions (
	channel TEXT NOT NULL, 
	address_hash BYTEA NOT NULL, 
	reason TEXT NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_suppressions PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_suppressions_address UNIQUE (shop_id, channel, address_hash, reason, topic), 
	CONSTRAINT ck_suppressions_channel CHECK (channel IN ('email', 'sms', 'whatsapp')), 
	CONSTRAINT ck_suppressions_reason CHECK (reason IN ('unsubscribed', 'complaint', 'service_complaint', 'hard_bounce', 'soft_limit', 'erased', 'manual_marketing', 'manual_all'))
)
-- next
CREATE INDEX ix_suppressions_newest ON suppressions (shop_id, id)
-- next
CREATE TABLE tasks (
	kind TEXT NOT NULL, 
	state TEXT DEFAULT 'running' NOT NULL, 
	done BIGINT DEFAULT '0' NOT NULL, 
	total BIGINT, 
	result JSONB, 
	started_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_tasks PRIMARY KEY (shop_id, id)
)
-- next
CREATE TABLE templates (
	key TEXT NOT NULL, 
	name TEXT NOT NULL, 
	class TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	origin TEXT DEFAULT 'default' NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_templates PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_templates_shop_id_key UNIQUE (shop_id, key), 
	CONSTRAINT ck_templates_class CHECK (class IN ('service', 'marketing')), 
	CONSTRAINT ck_templates_origin CHECK (origin IN ('default', 'shop'))
)
-- next
CREATE TABLE unmapped_codes (
	shop_id UUID NOT NULL, 
	carrier TEXT NOT NULL, 
	code TEXT NOT NULL, 
	events INTEGER NOT NULL, 
	first_seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_unmapped_codes PRIMARY KEY (shop_id, carrier, code)
)
-- next
CREATE TABLE consents (
	customer_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	granted BOOLEAN NOT NULL, 
	basis TEXT DEFAULT 'consent' NOT NULL, 
	source TEXT NOT NULL, 
	wording TEXT, 
	proof JSONB, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_consents PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_consents_shop_id_customer_id_customers FOREIGN KEY(shop_id, customer_id) REFERENCES customers (shop_id, id), 
	CONSTRAINT uq_consents_statement UNIQUE (shop_id, customer_id, channel, purpose, at, granted, source), 
	CONSTRAINT ck_consents_channel CHECK (channel IN ('email', 'sms', 'whatsapp')), 
	CONSTRAINT ck_consents_purpose CHECK (purpose IN ('marketing', 'reviews', 'tracking'))
)
-- next
CREATE TABLE coupons (
	pool_id UUID NOT NULL, 
	code TEXT NOT NULL, 
	state TEXT NOT NULL, 
	uses INTEGER, 
	used INTEGER DEFAULT '0' NOT NULL, 
	send_key TEXT, 
	customer_id UUID, 
	expires_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_coupons PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_coupons_shop_id_pool_id_coupon_pools FOREIGN KEY(shop_id, pool_id) REFERENCES coupon_pools (shop_id, id), 
	CONSTRAINT uq_coupons_code UNIQUE (shop_id, code), 
	CONSTRAINT uq_coupons_send_key UNIQUE (shop_id, send_key), 
	CONSTRAINT ck_coupons_state CHECK (state IN ('reserved', 'confirmed', 'released', 'redeemed')), 
	CONSTRAINT ck_coupons_used CHECK (used >= 0 AND (uses IS NULL OR used <= uses))
)
-- next
CREATE INDEX ix_coupons_customer ON coupons (shop_id, customer_id) WHERE state = 'confirmed'
-- next
CREATE TABLE credit_accounts (
	customer_id UUID NOT NULL, 
	currency TEXT NOT NULL, 
	balance BIGINT DEFAULT '0' NOT NULL, 
	promotional BIGINT DEFAULT '0' NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_credit_accounts PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_credit_accounts_shop_id_customer_id_customers FOREIGN KEY(shop_id, customer_id) REFERENCES customers (shop_id, id), 
	CONSTRAINT uq_credit_accounts_customer UNIQUE (shop_id, customer_id, currency), 
	CONSTRAINT ck_credit_accounts_balance CHECK (balance >= 0), 
	CONSTRAINT ck_credit_accounts_promotional CHECK (promotional >= 0)
)
-- next
CREATE TABLE flow_versions (
	flow_id UUID NOT NULL, 
	version INTEGER NOT NULL, 
	definition JSONB NOT NULL, 
	published_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_flow_versions PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_flow_versions_shop_id_flow_id_flows FOREIGN KEY(shop_id, flow_id) REFERENCES flows (shop_id, id), 
	CONSTRAINT uq_flow_versions_version UNIQUE (shop_id, flow_id, version)
)
-- next
CREATE UNIQUE INDEX uq_flow_versions_draft ON flow_versions (shop_id, flow_id) WHERE published_at IS NULL
-- next
CREATE TABLE ledger_entries (
	transaction_id UUID NOT NULL, 
	position INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	amount BIGINT NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_ledger_entries PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_ledger_entries_shop_id_transaction_id_ledger_transactions FOREIGN KEY(shop_id, transaction_id) REFERENCES ledger_transactions (shop_id, id), 
	CONSTRAINT ck_ledger_entries_amount CHECK (amount <> 0)
)
-- next
CREATE INDEX ix_ledger_entries_account ON ledger_entries (shop_id, account, currency)
-- next
CREATE INDEX ix_ledger_entries_transaction ON ledger_entries (shop_id, transaction_id)
-- next
CREATE TABLE messages (
	send_key TEXT NOT NULL, 
	class TEXT NOT NULL, 
	channel TEXT DEFAULT 'email' NOT NULL, 
	template TEXT NOT NULL, 
	version INTEGER, 
	locale TEXT NOT NULL, 
	recipient TEXT, 
	customer_id UUID, 
	order_id UUID, 
	shipment_id UUID, 
	return_id UUID, 
	subjects JSONB NOT NULL, 
	data JSONB NOT NULL, 
	origin JSONB, 
	state TEXT DEFAULT 'planned' NOT NULL, 
	why TEXT, 
	next_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	tries SMALLINT DEFAULT '0' NOT NULL, 
	resent BOOLEAN DEFAULT 'false' NOT NULL, 
	offers BOOLEAN DEFAULT 'false' NOT NULL, 
	subject TEXT, 
	message_id TEXT, 
	mime_date TIMESTAMP WITH TIME ZONE, 
	sending_domain_id UUID, 
	content_hash BYTEA, 
	context JSONB, 
	reply TEXT, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	handed_at TIMESTAMP WITH TIME ZONE, 
	accepted_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_messages PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_messages_shop_id_send_key UNIQUE (shop_id, send_key), 
	CONSTRAINT fk_messages_shop_id_sending_domain_id_sending_domains FOREIGN KEY(shop_id, sending_domain_id) REFERENCES sending_domains (shop_id, id), 
	CONSTRAINT ck_messages_class CHECK (class IN ('service', 'marketing')), 
	CONSTRAINT ck_messages_channel CHECK (channel IN ('email', 'sms', 'whatsapp')), 
	CONSTRAINT ck_messages_state CHECK (state IN ('accepted', 'blocked', 'cancelled', 'claimed', 'deferred', 'failed', 'handing_over', 'planned', 'rendered', 'unknown'))
)
-- next
CREATE INDEX ix_messages_customer ON messages (shop_id, customer_id) WHERE customer_id IS NOT NULL
-- next
CREATE INDEX ix_messages_due ON messages (class DESC, next_at) WHERE state IN ('planned', 'deferred')
-- next
CREATE INDEX ix_messages_leased ON messages (lease_until) WHERE state IN ('claimed', 'rendered', 'handing_over')
-- next
CREATE INDEX ix_messages_order ON messages (shop_id, order_id) WHERE order_id IS NOT NULL
-- next
CREATE INDEX ix_messages_unknown ON messages (handed_at) WHERE state = 'unknown'
-- next
CREATE TABLE orders (
	external_id TEXT NOT NULL, 
	number TEXT NOT NULL, 
	number_norm TEXT NOT NULL, 
	customer_id UUID NOT NULL, 
	placed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	currency TEXT NOT NULL, 
	tax_included BOOLEAN NOT NULL, 
	goods_total BIGINT NOT NULL, 
	discount_total BIGINT NOT NULL, 
	tax_total BIGINT NOT NULL, 
	total BIGINT NOT NULL, 
	shipping_amount BIGINT NOT NULL, 
	shipping_tax BIGINT NOT NULL, 
	cheapest_standard BIGINT, 
	shipping_method TEXT, 
	shipping_refunded BIGINT DEFAULT '0' NOT NULL, 
	captured BIGINT NOT NULL, 
	refunded BIGINT DEFAULT '0' NOT NULL, 
	reserved BIGINT DEFAULT '0' NOT NULL, 
	unallocated BIGINT DEFAULT '0' NOT NULL, 
	state TEXT DEFAULT 'placed' NOT NULL, 
	fulfilment TEXT DEFAULT 'unfulfilled' NOT NULL, 
	history BOOLEAN NOT NULL, 
	review JSONB DEFAULT '[]' NOT NULL, 
	shipping_address JSONB, 
	discounts JSONB NOT NULL, 
	tags JSONB NOT NULL, 
	locale TEXT, 
	policy_version INTEGER, 
	withdrawal_info_given_at TIMESTAMP WITH TIME ZONE, 
	return_cost_disclosed BOOLEAN NOT NULL, 
	fx_rate NUMERIC, 
	body_hash BYTEA NOT NULL, 
	cancelled_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_orders PRIMARY KEY (shop_id, id), 
	CONSTRAINT uq_orders_external_id UNIQUE (shop_id, external_id), 
	CONSTRAINT fk_orders_shop_id_customer_id_customers FOREIGN KEY(shop_id, customer_id) REFERENCES customers (shop_id, id), 
	CONSTRAINT ck_orders_state CHECK (state IN ('placed', 'cancelled')), 
	CONSTRAINT ck_orders_fulfilment CHECK (fulfilment IN ('unfulfilled', 'partial', 'fulfilled')), 
	CONSTRAINT ck_orders_cap CHECK (refunded >= 0 AND reserved >= 0 AND refunded + reserved <= captured), 
	CONSTRAINT ck_orders_shipping_cap CHECK (shipping_refunded >= 0 AND shipping_refunded <= shipping_amount + CASE WHEN tax_included THEN 0 ELSE shipping_tax END), 
	CONSTRAINT ck_orders_totals CHECK (goods_total >= 0 AND discount_total >= 0 AND tax_total >= 0 AND total >= 0), 
	CONSTRAINT ck_orders_amounts CHECK (shipping_amount >= 0 AND shipping_tax >= 0 AND unallocated >= 0)
)
-- next
CREATE INDEX ix_orders_customer ON orders (shop_id, customer_id, placed_at)
-- next
CREATE INDEX ix_orders_number ON orders (shop_id, number_norm)
-- next
CREATE TABLE recommendation_items (
	shop_id UUID NOT NULL, 
	model_id UUID NOT NULL, 
	product TEXT NOT NULL, 
	neighbours TEXT[] NOT NULL, 
	weights REAL[] NOT NULL, 
	buyers INTEGER NOT NULL, 
	appeal_score REAL NOT NULL, 
	CONSTRAINT pk_recommendation_items PRIMARY KEY (shop_id, model_id, product), 
	CONSTRAINT fk_recommendation_items_shop_id_model_id_recommendation_models FOREIGN KEY(shop_id, model_id) REFERENCES recommendation_models (shop_id, id) ON DELETE CASCADE
)
-- next
CREATE INDEX ix_recommendation_items_appeal ON recommendation_items (shop_id, model_id, appeal_score DESC)
-- next
CREATE TABLE staff_sessions (
	staff_id UUID NOT NULL, 
	token_digest BYTEA NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	last_seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	revoked_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_staff_sessions PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_staff_sessions_shop_id_staff_id_staff FOREIGN KEY(shop_id, staff_id) REFERENCES staff (shop_id, id) ON DELETE CASCADE
)
-- next
CREATE INDEX ix_staff_sessions_shop_id_staff_id ON staff_sessions (shop_id, staff_id)
-- next
CREATE TABLE template_versions (
	template_id UUID NOT NULL, 
	version INTEGER NOT NULL, 
	source JSONB NOT NULL, 
	compiled JSONB NOT NULL, 
	digest TEXT NOT NULL, 
	published_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_template_versions PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_template_versions_shop_id_template_id_templates FOREIGN KEY(shop_id, template_id) REFERENCES templates (shop_id, id) ON DELETE CASCADE, 
	CONSTRAINT uq_template_versions_shop_id_template_id_version UNIQUE (shop_id, template_id, version)
)
-- next
CREATE TABLE variants (
	product_id UUID NOT NULL, 
	position INTEGER NOT NULL, 
	external_id TEXT NOT NULL, 
	sku TEXT, 
	title TEXT NOT NULL, 
	price BIGINT NOT NULL, 
	compare_at_price BIGINT, 
	currency TEXT NOT NULL, 
	tax_rate_bp INTEGER NOT NULL, 
	options JSONB NOT NULL, 
	weight_grams INTEGER, 
	image_url TEXT, 
	url TEXT, 
	active BOOLEAN NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_variants PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_variants_shop_id_product_id_products FOREIGN KEY(shop_id, product_id) REFERENCES products (shop_id, id), 
	CONSTRAINT uq_variants_external_id UNIQUE (shop_id, external_id), 
	CONSTRAINT ck_variants_price CHECK (price >= 0), 
	CONSTRAINT ck_variants_tax_rate CHECK (tax_rate_bp BETWEEN 0 AND 10000)
)
-- next
CREATE INDEX ix_variants_product ON variants (shop_id, product_id)
-- next
CREATE INDEX ix_variants_sku ON variants (shop_id, sku)
-- next
CREATE TABLE coupon_redemptions (
	coupon_id UUID NOT NULL, 
	order_ref TEXT NOT NULL, 
	customer_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_coupon_redemptions PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_coupon_redemptions_shop_id_coupon_id_coupons FOREIGN KEY(shop_id, coupon_id) REFERENCES coupons (shop_id, id), 
	CONSTRAINT uq_coupon_redemptions_order UNIQUE (shop_id, coupon_id, order_ref)
)
-- next
CREATE INDEX ix_coupon_redemptions_customer ON coupon_redemptions (shop_id, coupon_id, customer_id)
-- next
CREATE TABLE credit_lots (
	account_id UUID NOT NULL, 
	promotional BOOLEAN NOT NULL, 
	amount BIGINT NOT NULL, 
	remaining BIGINT NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE, 
	source_kind TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	order_id UUID, 
	issued_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_credit_lots PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_credit_lots_shop_id_account_id_credit_accounts FOREIGN KEY(shop_id, account_id) REFERENCES credit_accounts (shop_id, id), 
	CONSTRAINT uq_credit_lots_source UNIQUE (shop_id, source_kind, source_id, promotional), 
	CONSTRAINT ck_credit_lots_remaining CHECK (amount > 0 AND remaining BETWEEN 0 AND amount)
)
-- next
CREATE INDEX ix_credit_lots_account ON credit_lots (shop_id, account_id) WHERE remaining > 0
-- next
CREATE TABLE enrolments (
	flow_id UUID NOT NULL, 
	version_id UUID NOT NULL, 
	entry_key TEXT NOT NULL, 
	state TEXT NOT NULL, 
	node TEXT, 
	due_at TIMESTAMP WITH TIME ZONE, 
	awaiting TEXT, 
	order_id UUID, 
	shipment_id UUID, 
	return_id UUID, 
	customer_id UUID, 
	context JSONB NOT NULL, 
	entered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_enrolments PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_enrolments_shop_id_flow_id_flows FOREIGN KEY(shop_id, flow_id) REFERENCES flows (shop_id, id), 
	CONSTRAINT fk_enrolments_shop_id_version_id_flow_versions FOREIGN KEY(shop_id, version_id) REFERENCES flow_versions (shop_id, id), 
	CONSTRAINT uq_enrolments_entry UNIQUE (shop_id, flow_id, entry_key), 
	CONSTRAINT ck_enrolments_state CHECK (state IN ('active', 'paused', 'done', 'failed')), 
	CONSTRAINT ck_enrolments_due CHECK (state NOT IN ('active', 'paused') OR (node IS NOT NULL AND due_at IS NOT NULL))
)
-- next
CREATE INDEX ix_enrolments_due ON enrolments (shop_id, due_at) WHERE state = 'active'
-- next
CREATE INDEX ix_enrolments_order ON enrolments (shop_id, order_id) WHERE state = 'active'
-- next
CREATE TABLE links (
	urls JSONB NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_links PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_links_shop_id_id_messages FOREIGN KEY(shop_id, id) REFERENCES messages (shop_id, id) ON DELETE CASCADE
)
-- next
CREATE TABLE message_bodies (
	mime BYTEA NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_message_bodies PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_message_bodies_shop_id_id_messages FOREIGN KEY(shop_id, id) REFERENCES messages (shop_id, id) ON DELETE CASCADE
)
-- next
CREATE INDEX ix_message_bodies_created ON message_bodies (created_at)
-- next
CREATE TABLE order_holds (
	order_id UUID NOT NULL, 
	reason TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	until TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_order_holds PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_order_holds_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT uq_order_holds_source UNIQUE (shop_id, order_id, reason, source_id)
)
-- next
CREATE TABLE order_lines (
	order_id UUID NOT NULL, 
	position INTEGER NOT NULL, 
	external_id TEXT NOT NULL, 
	sku TEXT, 
	product_external_id TEXT, 
	variant_external_id TEXT, 
	variant_id UUID, 
	title TEXT NOT NULL, 
	quantity INTEGER NOT NULL, 
	unit_price BIGINT NOT NULL, 
	goods BIGINT NOT NULL, 
	own_discount BIGINT NOT NULL, 
	discount_share BIGINT NOT NULL, 
	net BIGINT NOT NULL, 
	tax BIGINT NOT NULL, 
	tax_included BOOLEAN NOT NULL, 
	refunded BIGINT DEFAULT '0' NOT NULL, 
	final_sale BOOLEAN NOT NULL, 
	category TEXT, 
	weight_grams INTEGER, 
	image_url TEXT, 
	url TEXT, 
	art16_ground TEXT, 
	compare_at_price BIGINT, 
	attributes JSONB NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_order_lines PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_order_lines_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT uq_order_lines_external_id UNIQUE (shop_id, order_id, external_id), 
	CONSTRAINT ck_order_lines_quantity CHECK (quantity > 0), 
	CONSTRAINT ck_order_lines_amounts CHECK (goods >= 0 AND discount_share >= 0 AND net >= 0 AND tax >= 0), 
	CONSTRAINT ck_order_lines_cap CHECK (refunded >= 0 AND refunded <= net + tax)
)
-- next
CREATE TABLE order_tenders (
	order_id UUID NOT NULL, 
	position INTEGER NOT NULL, 
	external_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	captured BIGINT NOT NULL, 
	refunded BIGINT DEFAULT '0' NOT NULL, 
	reserved BIGINT DEFAULT '0' NOT NULL, 
	provider TEXT, 
	provider_ref TEXT, 
	refundable BOOLEAN NOT NULL, 
	disputed BOOLEAN DEFAULT 'false' NOT NULL, 
	points BIGINT, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_order_tenders PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_order_tenders_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT uq_order_tenders_external_id UNIQUE (shop_id, order_id, external_id), 
	CONSTRAINT ck_order_tenders_kind CHECK (kind IN ('card', 'gift_card', 'store_credit', 'bank', 'cash_on_delivery', 'points')), 
	CONSTRAINT ck_order_tenders_cap CHECK (refunded >= 0 AND reserved >= 0 AND refunded + reserved <= captured)
)
-- next
CREATE INDEX ix_order_tenders_provider_ref ON order_tenders (shop_id, provider_ref)
-- next
CREATE TABLE portal_drafts (
	shop_id UUID NOT NULL, 
	order_id UUID NOT NULL, 
	body JSONB NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_portal_drafts PRIMARY KEY (shop_id, order_id), 
	CONSTRAINT fk_portal_drafts_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id) ON DELETE CASCADE
)
-- next
CREATE INDEX ix_portal_drafts_updated_at ON portal_drafts (shop_id, updated_at)
-- next
CREATE TABLE reservations (
	variant_id UUID NOT NULL, 
	place_id UUID NOT NULL, 
	quantity INTEGER NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	source_id TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_reservations PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_reservations_shop_id_variant_id_variants FOREIGN KEY(shop_id, variant_id) REFERENCES variants (shop_id, id), 
	CONSTRAINT uq_reservations_source_id UNIQUE (shop_id, source_id), 
	CONSTRAINT ck_reservations_state CHECK (state IN ('open', 'consumed', 'released')), 
	CONSTRAINT ck_reservations_quantity CHECK (quantity > 0)
)
-- next
CREATE INDEX ix_reservations_expiry ON reservations (shop_id, expires_at) WHERE state = 'open'
-- next
CREATE INDEX ix_reservations_open ON reservations (shop_id, variant_id) WHERE state = 'open'
-- next
CREATE TABLE return_cases (
	number TEXT NOT NULL, 
	order_id UUID NOT NULL, 
	customer_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	method TEXT NOT NULL, 
	policy_version INTEGER NOT NULL, 
	quote JSONB NOT NULL, 
	basis JSONB NOT NULL, 
	review JSONB DEFAULT '[]'::jsonb NOT NULL, 
	token TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	refund_total BIGINT NOT NULL, 
	credit_total BIGINT NOT NULL, 
	declined_reason TEXT, 
	requested_by TEXT NOT NULL, 
	requested_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	send_by TIMESTAMP WITH TIME ZONE, 
	received_at TIMESTAMP WITH TIME ZONE, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_return_cases PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_return_cases_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT fk_return_cases_shop_id_customer_id_customers FOREIGN KEY(shop_id, customer_id) REFERENCES customers (shop_id, id), 
	CONSTRAINT uq_return_cases_number UNIQUE (shop_id, number), 
	CONSTRAINT uq_return_cases_token UNIQUE (shop_id, token), 
	CONSTRAINT ck_return_cases_state CHECK (state IN ('approved', 'canceled', 'closed', 'declined', 'expired', 'needs_review', 'open', 'requested')), 
	CONSTRAINT ck_return_cases_kind CHECK (kind IN ('return', 'withdrawal', 'claim')), 
	CONSTRAINT ck_return_cases_method CHECK (method IN ('label', 'qr', 'pickup', 'store', 'keep'))
)
-- next
CREATE INDEX ix_return_cases_customer ON return_cases (shop_id, customer_id)
-- next
CREATE INDEX ix_return_cases_order ON return_cases (shop_id, order_id)
-- next
CREATE INDEX ix_return_cases_send_by ON return_cases (send_by) WHERE state = 'approved'
-- next
CREATE INDEX ix_return_cases_state ON return_cases (shop_id, state, id)
-- next
CREATE TABLE shipments (
	order_id UUID NOT NULL, 
	direction TEXT DEFAULT 'outbound' NOT NULL, 
	return_id UUID, 
	carrier TEXT NOT NULL, 
	service TEXT, 
	tracking_number TEXT, 
	status TEXT DEFAULT 'pending' NOT NULL, 
	substatus TEXT, 
	reason TEXT, 
	problem JSONB, 
	delay JSONB, 
	flags JSONB DEFAULT '[]'::jsonb NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	why TEXT DEFAULT 'No event of the carrier is known yet.' NOT NULL, 
	eta_from TIMESTAMP WITH TIME ZONE, 
	eta_until TIMESTAMP WITH TIME ZONE, 
	eta_source TEXT, 
	eta_original_until TIMESTAMP WITH TIME ZONE, 
	shipped_at TIMESTAMP WITH TIME ZONE, 
	first_scan_at TIMESTAMP WITH TIME ZONE, 
	delivered_at TIMESTAMP WITH TIME ZONE, 
	last_event_at TIMESTAMP WITH TIME ZONE, 
	history BOOLEAN DEFAULT false NOT NULL, 
	method TEXT, 
	label_state TEXT DEFAULT 'none' NOT NULL, 
	label_blob TEXT, 
	label_qr TEXT, 
	label_cost INTEGER, 
	label_problem TEXT, 
	created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_shipments PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_shipments_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT ck_shipments_direction CHECK (direction IN ('outbound', 'return')), 
	CONSTRAINT ck_shipments_status CHECK (status IN ('pending', 'info_received', 'in_transit', 'out_for_delivery', 'attempt_failed', 'available_for_pickup', 'exception', 'returning', 'delivered', 'returned', 'cancelled', 'expired')), 
	CONSTRAINT ck_shipments_label_state CHECK (label_state IN ('none', 'label_pending', 'label_ready', 'label_failed', 'voided')), 
	CONSTRAINT ck_shipments_return_id CHECK ((direction = 'return') = (return_id IS NOT NULL))
)
-- next
CREATE INDEX ix_shipments_number ON shipments (shop_id, tracking_number)
-- next
CREATE INDEX ix_shipments_order ON shipments (shop_id, order_id)
-- next
CREATE INDEX ix_shipments_return ON shipments (shop_id, return_id) WHERE return_id IS NOT NULL
-- next
CREATE INDEX ix_shipments_status ON shipments (shop_id, status, last_event_at)
-- next
CREATE TABLE stock (
	shop_id UUID NOT NULL, 
	variant_id UUID NOT NULL, 
	place_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	quantity BIGINT DEFAULT '0' NOT NULL, 
	reserved BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_stock PRIMARY KEY (shop_id, variant_id, place_id, state), 
	CONSTRAINT fk_stock_shop_id_variant_id_variants FOREIGN KEY(shop_id, variant_id) REFERENCES variants (shop_id, id), 
	CONSTRAINT fk_stock_shop_id_place_id_places FOREIGN KEY(shop_id, place_id) REFERENCES places (shop_id, id), 
	CONSTRAINT ck_stock_state CHECK (state IN ('sellable', 'quarantine')), 
	CONSTRAINT ck_stock_quantity CHECK (quantity >= 0), 
	CONSTRAINT ck_stock_reserved CHECK (reserved >= 0 AND (reserved = 0 OR state = 'sellable'))
)
-- next
CREATE TABLE stock_moves (
	variant_id UUID NOT NULL, 
	place_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	from_state TEXT, 
	to_state TEXT, 
	quantity BIGINT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_stock_moves PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_stock_moves_shop_id_variant_id_variants FOREIGN KEY(shop_id, variant_id) REFERENCES variants (shop_id, id), 
	CONSTRAINT uq_stock_moves_source UNIQUE (shop_id, kind, source_id)
)
-- next
CREATE INDEX ix_stock_moves_variant ON stock_moves (shop_id, variant_id, id)
-- next
CREATE TABLE carrier_events (
	shop_id UUID NOT NULL, 
	key TEXT NOT NULL, 
	carrier TEXT NOT NULL, 
	tracking_number TEXT NOT NULL, 
	shipment_id UUID, 
	sources TEXT[] NOT NULL, 
	code TEXT, 
	status TEXT, 
	substatus TEXT, 
	reason TEXT, 
	occurred_at TIMESTAMP WITH TIME ZONE, 
	occurred_local TEXT, 
	tz_source TEXT, 
	received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	city TEXT, 
	country TEXT, 
	text TEXT, 
	child_number TEXT, 
	provider_id TEXT, 
	revokes TEXT, 
	physical BOOLEAN NOT NULL, 
	resolved BOOLEAN NOT NULL, 
	reversal BOOLEAN NOT NULL, 
	contradiction BOOLEAN NOT NULL, 
	unmapped BOOLEAN NOT NULL, 
	CONSTRAINT pk_carrier_events PRIMARY KEY (shop_id, key), 
	CONSTRAINT ck_carrier_events_status CHECK (status IS NULL OR status IN ('pending', 'info_received', 'in_transit', 'out_for_delivery', 'attempt_failed', 'available_for_pickup', 'exception', 'returning', 'delivered', 'returned', 'cancelled', 'expired')), 
	CONSTRAINT fk_carrier_events_shop_id_shipment_id_shipments FOREIGN KEY(shop_id, shipment_id) REFERENCES shipments (shop_id, id) ON DELETE CASCADE
)
-- next
CREATE INDEX ix_carrier_events_number ON carrier_events (shop_id, tracking_number, carrier)
-- next
CREATE INDEX ix_carrier_events_shipment ON carrier_events (shop_id, shipment_id) WHERE shipment_id IS NOT NULL
-- next
CREATE TABLE credit_entries (
	account_id UUID NOT NULL, 
	lot_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	amount BIGINT NOT NULL, 
	source_kind TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_credit_entries PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_credit_entries_shop_id_account_id_credit_accounts FOREIGN KEY(shop_id, account_id) REFERENCES credit_accounts (shop_id, id), 
	CONSTRAINT fk_credit_entries_shop_id_lot_id_credit_lots FOREIGN KEY(shop_id, lot_id) REFERENCES credit_lots (shop_id, id), 
	CONSTRAINT uq_credit_entries_source UNIQUE (shop_id, kind, source_kind, source_id, lot_id), 
	CONSTRAINT ck_credit_entries_kind CHECK (kind IN ('issue', 'redeem', 'expire')), 
	CONSTRAINT ck_credit_entries_amount CHECK ((kind = 'issue') = (amount > 0) AND amount <> 0)
)
-- next
CREATE INDEX ix_credit_entries_account ON credit_entries (shop_id, account_id, id)
-- next
CREATE TABLE enrolment_steps (
	shop_id UUID NOT NULL, 
	flow_id UUID NOT NULL, 
	enrolment_id UUID NOT NULL, 
	node TEXT NOT NULL, 
	result TEXT NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_enrolment_steps PRIMARY KEY (shop_id, flow_id, enrolment_id, node), 
	CONSTRAINT fk_enrolment_steps_shop_id_enrolment_id_enrolments FOREIGN KEY(shop_id, enrolment_id) REFERENCES enrolments (shop_id, id)
)
-- next
CREATE TABLE external_refunds (
	order_id UUID NOT NULL, 
	tender_id UUID NOT NULL, 
	external_id TEXT NOT NULL, 
	amount BIGINT NOT NULL, 
	origin TEXT NOT NULL, 
	lines JSONB NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_external_refunds PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_external_refunds_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT fk_external_refunds_shop_id_tender_id_order_tenders FOREIGN KEY(shop_id, tender_id) REFERENCES order_tenders (shop_id, id), 
	CONSTRAINT uq_external_refunds_external_id UNIQUE (shop_id, order_id, external_id), 
	CONSTRAINT ck_external_refunds_amount CHECK (amount > 0)
)
-- next
CREATE TABLE milestones (
	shop_id UUID NOT NULL, 
	shipment_id UUID NOT NULL, 
	name TEXT NOT NULL, 
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	notified BOOLEAN NOT NULL, 
	why TEXT NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	CONSTRAINT pk_milestones PRIMARY KEY (shop_id, shipment_id, name), 
	CONSTRAINT fk_milestones_shop_id_shipment_id_shipments FOREIGN KEY(shop_id, shipment_id) REFERENCES shipments (shop_id, id) ON DELETE CASCADE, 
	CONSTRAINT ck_milestones_name CHECK (name IN ('picked_up', 'in_transit', 'out_for_delivery', 'attempt_failed', 'available_for_pickup', 'exception', 'returning', 'delivered', 'delivery_reversed', 'returned'))
)
-- next
CREATE TABLE order_units (
	shop_id UUID NOT NULL, 
	line_id UUID NOT NULL, 
	slot INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	return_id UUID, 
	changed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
	CONSTRAINT pk_order_units PRIMARY KEY (shop_id, line_id, slot), 
	CONSTRAINT fk_order_units_shop_id_line_id_order_lines FOREIGN KEY(shop_id, line_id) REFERENCES order_lines (shop_id, id), 
	CONSTRAINT ck_order_units_state CHECK (state IN ('returning', 'returned', 'kept', 'replaced', 'refunded')), 
	CONSTRAINT ck_order_units_slot CHECK (slot > 0)
)
-- next
CREATE INDEX ix_order_units_return ON order_units (shop_id, return_id) WHERE return_id IS NOT NULL
-- next
CREATE TABLE payment_disputes (
	tender_id UUID NOT NULL, 
	order_id UUID NOT NULL, 
	provider_ref TEXT NOT NULL, 
	status TEXT NOT NULL, 
	open BOOLEAN NOT NULL, 
	amount BIGINT NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_payment_disputes PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_payment_disputes_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT fk_payment_disputes_shop_id_tender_id_order_tenders FOREIGN KEY(shop_id, tender_id) REFERENCES order_tenders (shop_id, id), 
	CONSTRAINT uq_payment_disputes_provider_ref UNIQUE (shop_id, provider_ref)
)
-- next
CREATE INDEX ix_payment_disputes_tender ON payment_disputes (shop_id, tender_id)
-- next
CREATE TABLE receipts (
	case_id UUID NOT NULL, 
	location TEXT NOT NULL, 
	unexpected JSONB DEFAULT '[]'::jsonb NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	received_by TEXT NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_receipts PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_receipts_shop_id_case_id_return_cases FOREIGN KEY(shop_id, case_id) REFERENCES return_cases (shop_id, id)
)
-- next
CREATE INDEX ix_receipts_case ON receipts (shop_id, case_id)
-- next
CREATE TABLE refunds (
	order_id UUID NOT NULL, 
	tender_id UUID NOT NULL, 
	customer_id UUID, 
	return_id UUID, 
	source_kind TEXT NOT NULL, 
	source_id UUID NOT NULL, 
	attempt INTEGER DEFAULT '1' NOT NULL, 
	amount BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	lines JSONB NOT NULL, 
	shipping BIGINT DEFAULT '0' NOT NULL, 
	unallocated BIGINT DEFAULT '0' NOT NULL, 
	state TEXT DEFAULT 'created' NOT NULL, 
	rail TEXT NOT NULL, 
	provider_ref TEXT, 
	failure_reason TEXT, 
	origin TEXT DEFAULT 'own' NOT NULL, 
	reason TEXT, 
	body JSONB, 
	posts INTEGER DEFAULT '0' NOT NULL, 
	first_sent_at TIMESTAMP WITH TIME ZONE, 
	last_sent_at TIMESTAMP WITH TIME ZONE, 
	checked_at TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	settled_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_refunds PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_refunds_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT fk_refunds_shop_id_tender_id_order_tenders FOREIGN KEY(shop_id, tender_id) REFERENCES order_tenders (shop_id, id), 
	CONSTRAINT uq_refunds_source UNIQUE (shop_id, source_kind, source_id, tender_id, attempt), 
	CONSTRAINT ck_refunds_amount CHECK (amount > 0 AND shipping >= 0 AND unallocated >= 0), 
	CONSTRAINT ck_refunds_state CHECK (state IN ('canceled', 'created', 'failed', 'pending', 'requires_action', 'sent', 'succeeded', 'unknown')), 
	CONSTRAINT ck_refunds_rail CHECK (rail IN ('stripe', 'credit', 'manual')), 
	CONSTRAINT ck_refunds_origin CHECK (origin IN ('own', 'external')), 
	CONSTRAINT ck_refunds_source_kind CHECK (source_kind IN ('settlement', 'goodwill', 'cancellation', 'external'))
)
-- next
CREATE INDEX ix_refunds_order ON refunds (shop_id, order_id)
-- next
CREATE INDEX ix_refunds_return ON refunds (shop_id, return_id) WHERE return_id IS NOT NULL
-- next
CREATE INDEX ix_refunds_unsettled ON refunds (checked_at) WHERE rail = 'stripe' AND state IN ('created', 'sent', 'unknown', 'pending')
-- next
CREATE UNIQUE INDEX uq_refunds_provider_ref ON refunds (shop_id, rail, provider_ref) WHERE provider_ref IS NOT NULL
-- next
CREATE TABLE return_lines (
	case_id UUID NOT NULL, 
	line_id UUID NOT NULL, 
	position INTEGER NOT NULL, 
	quantity INTEGER NOT NULL, 
	slots INTEGER[] NOT NULL, 
	reason TEXT, 
	note TEXT, 
	resolution TEXT NOT NULL, 
	goods_state TEXT DEFAULT 'expected' NOT NULL, 
	exchange_variant_id UUID, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_return_lines PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_return_lines_shop_id_case_id_return_cases FOREIGN KEY(shop_id, case_id) REFERENCES return_cases (shop_id, id), 
	CONSTRAINT fk_return_lines_shop_id_line_id_order_lines FOREIGN KEY(shop_id, line_id) REFERENCES order_lines (shop_id, id), 
	CONSTRAINT ck_return_lines_slots CHECK (quantity > 0 AND cardinality(slots) = quantity), 
	CONSTRAINT ck_return_lines_goods_state CHECK (goods_state IN ('disposed', 'expected', 'graded', 'kept', 'missing', 'partial', 'received')), 
	CONSTRAINT ck_return_lines_resolution CHECK (resolution IN ('refund', 'store_credit', 'exchange'))
)
-- next
CREATE INDEX ix_return_lines_case ON return_lines (shop_id, case_id)
-- next
CREATE INDEX ix_return_lines_line ON return_lines (shop_id, line_id)
-- next
CREATE TABLE settlements (
	case_id UUID NOT NULL, 
	sequence INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	block_reason TEXT, 
	units JSONB NOT NULL, 
	computed JSONB NOT NULL, 
	expected_total BIGINT NOT NULL, 
	refund_total BIGINT NOT NULL, 
	credit_total BIGINT NOT NULL, 
	bonus_total BIGINT NOT NULL, 
	settled_by TEXT NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	settled_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_settlements PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_settlements_shop_id_case_id_return_cases FOREIGN KEY(shop_id, case_id) REFERENCES return_cases (shop_id, id), 
	CONSTRAINT uq_settlements_sequence UNIQUE (shop_id, case_id, sequence), 
	CONSTRAINT ck_settlements_state CHECK (state IN ('approved', 'blocked', 'computed', 'executing', 'failed', 'partially_settled', 'settled', 'settled_by_chargeback')), 
	CONSTRAINT ck_settlements_totals CHECK (refund_total >= 0 AND credit_total >= 0 AND bonus_total >= 0)
)
-- next
CREATE TABLE shipment_lines (
	shop_id UUID NOT NULL, 
	shipment_id UUID NOT NULL, 
	line_id UUID NOT NULL, 
	quantity INTEGER NOT NULL, 
	CONSTRAINT pk_shipment_lines PRIMARY KEY (shop_id, shipment_id, line_id), 
	CONSTRAINT fk_shipment_lines_shop_id_shipment_id_shipments FOREIGN KEY(shop_id, shipment_id) REFERENCES shipments (shop_id, id) ON DELETE CASCADE, 
	CONSTRAINT fk_shipment_lines_shop_id_line_id_order_lines FOREIGN KEY(shop_id, line_id) REFERENCES order_lines (shop_id, id), 
	CONSTRAINT ck_shipment_lines_quantity CHECK (quantity > 0)
)
-- next
CREATE INDEX ix_shipment_lines_line ON shipment_lines (shop_id, line_id)
-- next
CREATE TABLE shipment_notes (
	shipment_id UUID NOT NULL, 
	author TEXT NOT NULL, 
	text TEXT NOT NULL, 
	public BOOLEAN NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_shipment_notes PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_shipment_notes_shop_id_shipment_id_shipments FOREIGN KEY(shop_id, shipment_id) REFERENCES shipments (shop_id, id) ON DELETE CASCADE
)
-- next
CREATE INDEX ix_shipment_notes_shipment ON shipment_notes (shop_id, shipment_id)
-- next
CREATE TABLE shipment_numbers (
	shop_id UUID NOT NULL, 
	tracking_number TEXT NOT NULL, 
	carrier TEXT NOT NULL, 
	shipment_id UUID NOT NULL, 
	kind TEXT DEFAULT 'own' NOT NULL, 
	CONSTRAINT pk_shipment_numbers PRIMARY KEY (shop_id, tracking_number, carrier, shipment_id), 
	CONSTRAINT fk_shipment_numbers_shop_id_shipment_id_shipments FOREIGN KEY(shop_id, shipment_id) REFERENCES shipments (shop_id, id) ON DELETE CASCADE, 
	CONSTRAINT ck_shipment_numbers_kind CHECK (kind IN ('own', 'child'))
)
-- next
CREATE INDEX ix_shipment_numbers_shipment ON shipment_numbers (shop_id, shipment_id)
-- next
CREATE TABLE exchanges (
	case_id UUID NOT NULL, 
	return_line_id UUID NOT NULL, 
	variant_id UUID NOT NULL, 
	quantity INTEGER NOT NULL, 
	price BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	order_id UUID, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	released_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_exchanges PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_exchanges_shop_id_case_id_return_cases FOREIGN KEY(shop_id, case_id) REFERENCES return_cases (shop_id, id), 
	CONSTRAINT fk_exchanges_shop_id_return_line_id_return_lines FOREIGN KEY(shop_id, return_line_id) REFERENCES return_lines (shop_id, id), 
	CONSTRAINT fk_exchanges_shop_id_variant_id_variants FOREIGN KEY(shop_id, variant_id) REFERENCES variants (shop_id, id), 
	CONSTRAINT uq_exchanges_line UNIQUE (shop_id, return_line_id), 
	CONSTRAINT ck_exchanges_state CHECK (state IN ('awaiting_payment', 'canceled', 'converted_to_refund', 'quoted', 'released', 'reserved', 'shipped')), 
	CONSTRAINT ck_exchanges_quantity CHECK (quantity > 0 AND price >= 0)
)
-- next
CREATE INDEX ix_exchanges_case ON exchanges (shop_id, case_id)
-- next
CREATE TABLE payment_events (
	refund_id UUID NOT NULL, 
	seen_by TEXT NOT NULL, 
	state_before TEXT NOT NULL, 
	state_after TEXT NOT NULL, 
	detail TEXT, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_payment_events PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_payment_events_shop_id_refund_id_refunds FOREIGN KEY(shop_id, refund_id) REFERENCES refunds (shop_id, id), 
	CONSTRAINT ck_payment_events_seen_by CHECK (seen_by IN ('us', 'answer', 'webhook', 'listing', 'staff'))
)
-- next
CREATE INDEX ix_payment_events_refund ON payment_events (shop_id, refund_id, id)
-- next
CREATE TABLE payouts (
	refund_id UUID NOT NULL, 
	order_id UUID NOT NULL, 
	customer_id UUID, 
	amount BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_payouts PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_payouts_shop_id_refund_id_refunds FOREIGN KEY(shop_id, refund_id) REFERENCES refunds (shop_id, id), 
	CONSTRAINT fk_payouts_shop_id_order_id_orders FOREIGN KEY(shop_id, order_id) REFERENCES orders (shop_id, id), 
	CONSTRAINT uq_payouts_refund UNIQUE (shop_id, refund_id), 
	CONSTRAINT ck_payouts_state CHECK (state IN ('open', 'done', 'canceled')), 
	CONSTRAINT ck_payouts_amount CHECK (amount > 0)
)
-- next
CREATE INDEX ix_payouts_open ON payouts (shop_id, id) WHERE state = 'open'
-- next
CREATE TABLE receipt_lines (
	receipt_id UUID NOT NULL, 
	case_id UUID NOT NULL, 
	return_line_id UUID NOT NULL, 
	revision INTEGER NOT NULL, 
	live BOOLEAN NOT NULL, 
	slots INTEGER[] NOT NULL, 
	grade TEXT, 
	disposition TEXT, 
	deduction_percent INTEGER DEFAULT '0' NOT NULL, 
	deduction_reason TEXT, 
	photos JSONB DEFAULT '[]'::jsonb NOT NULL, 
	note TEXT, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	shop_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_receipt_lines PRIMARY KEY (shop_id, id), 
	CONSTRAINT fk_receipt_lines_shop_id_receipt_id_receipts FOREIGN KEY(shop_id, receipt_id) REFERENCES receipts (shop_id, id), 
	CONSTRAINT fk_receipt_lines_shop_id_return_line_id_return_lines FOREIGN KEY(shop_id, return_line_id) REFERENCES return_lines (shop_id, id), 
	CONSTRAINT ck_receipt_lines_deduction CHECK (deduction_percent BETWEEN 0 AND 100), 
	CONSTRAINT ck_receipt_lines_grade CHECK (grade IN ('A', 'B', 'C', 'D')), 
	CONSTRAINT ck_receipt_lines_disposition CHECK (disposition IN ('restock', 'refurbish', 'quarantine', 'liquidate', 'donate', 'destroy', 'return_to_customer', 'return_to_vendor'))
)
-- next
CREATE INDEX ix_receipt_lines_case ON receipt_lines (shop_id, case_id) WHERE live
-- next
ALTER TABLE address_peppers ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE address_peppers FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON address_peppers FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON address_peppers TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON address_peppers
-- next
CREATE POLICY shop ON address_peppers TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON api_keys FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON api_keys TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON api_keys
-- next
CREATE POLICY shop ON api_keys TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON audit_log FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON audit_log TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON audit_log
-- next
CREATE POLICY shop ON audit_log TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE business_clock ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE business_clock FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON business_clock FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON business_clock TO comeback_app
-- next
GRANT select ON business_clock TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON business_clock
-- next
CREATE POLICY machinery ON business_clock TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE connections ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE connections FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON connections FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON connections TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON connections
-- next
CREATE POLICY shop ON connections TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE coupon_pools ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE coupon_pools FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON coupon_pools FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON coupon_pools TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON coupon_pools
-- next
CREATE POLICY shop ON coupon_pools TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE customers ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE customers FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON customers FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON customers TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON customers
-- next
CREATE POLICY shop ON customers TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE data_keys FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON data_keys FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON data_keys TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON data_keys
-- next
CREATE POLICY shop ON data_keys TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE directory ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE directory FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON directory FROM comeback_app, comeback_machinery
-- next
GRANT insert, update, delete ON directory TO comeback_app
-- next
ALTER TABLE events ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE events FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON events FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON events TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON events
-- next
CREATE POLICY shop ON events TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE flows ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE flows FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON flows FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON flows TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON flows
-- next
CREATE POLICY shop ON flows TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE hits ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE hits FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON hits FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON hits TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON hits
-- next
CREATE POLICY shop ON hits TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT insert ON hits TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON hits
-- next
CREATE POLICY machinery ON hits TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON idempotency_keys FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON idempotency_keys TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON idempotency_keys
-- next
CREATE POLICY shop ON idempotency_keys TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, delete ON idempotency_keys TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON idempotency_keys
-- next
CREATE POLICY machinery ON idempotency_keys TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE inbox ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE inbox FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON inbox FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON inbox TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON inbox
-- next
CREATE POLICY shop ON inbox TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, insert, update ON inbox TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON inbox
-- next
CREATE POLICY machinery ON inbox TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE ledger_transactions ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE ledger_transactions FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON ledger_transactions FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON ledger_transactions TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON ledger_transactions
-- next
CREATE POLICY shop ON ledger_transactions TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE outbox FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON outbox FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON outbox TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON outbox
-- next
CREATE POLICY shop ON outbox TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, insert, update, delete ON outbox TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON outbox
-- next
CREATE POLICY machinery ON outbox TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE places ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE places FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON places FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON places TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON places
-- next
CREATE POLICY shop ON places TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE policies ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE policies FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON policies FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON policies TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON policies
-- next
CREATE POLICY shop ON policies TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE portal_claims ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE portal_claims FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON portal_claims FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON portal_claims TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON portal_claims
-- next
CREATE POLICY shop ON portal_claims TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, delete ON portal_claims TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON portal_claims
-- next
CREATE POLICY machinery ON portal_claims TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE products ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE products FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON products FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON products TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON products
-- next
CREATE POLICY shop ON products TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE recommendation_models ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE recommendation_models FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON recommendation_models FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON recommendation_models TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON recommendation_models
-- next
CREATE POLICY shop ON recommendation_models TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE return_counters ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE return_counters FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON return_counters FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON return_counters TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON return_counters
-- next
CREATE POLICY shop ON return_counters TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE sending_domains ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE sending_domains FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON sending_domains FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON sending_domains TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON sending_domains
-- next
CREATE POLICY shop ON sending_domains TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE shops ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE shops FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON shops FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON shops TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON shops
-- next
CREATE POLICY shop ON shops TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE staff ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE staff FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON staff FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON staff TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON staff
-- next
CREATE POLICY shop ON staff TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE suppressions ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE suppressions FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON suppressions FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON suppressions TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON suppressions
-- next
CREATE POLICY shop ON suppressions TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE tasks FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON tasks FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON tasks TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON tasks
-- next
CREATE POLICY shop ON tasks TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE templates ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE templates FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON templates FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON templates TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON templates
-- next
CREATE POLICY shop ON templates TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE unmapped_codes ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE unmapped_codes FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON unmapped_codes FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON unmapped_codes TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON unmapped_codes
-- next
CREATE POLICY shop ON unmapped_codes TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE consents ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE consents FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON consents FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON consents TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON consents
-- next
CREATE POLICY shop ON consents TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE coupons ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE coupons FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON coupons FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON coupons TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON coupons
-- next
CREATE POLICY shop ON coupons TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE credit_accounts ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE credit_accounts FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON credit_accounts FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON credit_accounts TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON credit_accounts
-- next
CREATE POLICY shop ON credit_accounts TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE flow_versions ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE flow_versions FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON flow_versions FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update ON flow_versions TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON flow_versions
-- next
CREATE POLICY shop ON flow_versions TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE ledger_entries FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON ledger_entries FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON ledger_entries TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON ledger_entries
-- next
CREATE POLICY shop ON ledger_entries TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE messages ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE messages FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON messages FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON messages TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON messages
-- next
CREATE POLICY shop ON messages TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, update ON messages TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON messages
-- next
CREATE POLICY machinery ON messages TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE orders ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE orders FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON orders FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON orders TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON orders
-- next
CREATE POLICY shop ON orders TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE recommendation_items ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE recommendation_items FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON recommendation_items FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON recommendation_items TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON recommendation_items
-- next
CREATE POLICY shop ON recommendation_items TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE staff_sessions ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE staff_sessions FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON staff_sessions FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON staff_sessions TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON staff_sessions
-- next
CREATE POLICY shop ON staff_sessions TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE template_versions ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE template_versions FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON template_versions FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON template_versions TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON template_versions
-- next
CREATE POLICY shop ON template_versions TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE variants ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE variants FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON variants FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON variants TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON variants
-- next
CREATE POLICY shop ON variants TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE coupon_redemptions ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE coupon_redemptions FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON coupon_redemptions FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON coupon_redemptions TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON coupon_redemptions
-- next
CREATE POLICY shop ON coupon_redemptions TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE credit_lots ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE credit_lots FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON credit_lots FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON credit_lots TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON credit_lots
-- next
CREATE POLICY shop ON credit_lots TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE enrolments ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE enrolments FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON enrolments FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON enrolments TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON enrolments
-- next
CREATE POLICY shop ON enrolments TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select ON enrolments TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON enrolments
-- next
CREATE POLICY machinery ON enrolments TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE links ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE links FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON links FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON links TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON links
-- next
CREATE POLICY shop ON links TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select ON links TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON links
-- next
CREATE POLICY machinery ON links TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE message_bodies ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE message_bodies FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON message_bodies FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON message_bodies TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON message_bodies
-- next
CREATE POLICY shop ON message_bodies TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, delete ON message_bodies TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON message_bodies
-- next
CREATE POLICY machinery ON message_bodies TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE order_holds ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE order_holds FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON order_holds FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON order_holds TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON order_holds
-- next
CREATE POLICY shop ON order_holds TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE order_lines ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE order_lines FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON order_lines FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON order_lines TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON order_lines
-- next
CREATE POLICY shop ON order_lines TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE order_tenders ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE order_tenders FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON order_tenders FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON order_tenders TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON order_tenders
-- next
CREATE POLICY shop ON order_tenders TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE portal_drafts ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE portal_drafts FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON portal_drafts FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON portal_drafts TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON portal_drafts
-- next
CREATE POLICY shop ON portal_drafts TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select, delete ON portal_drafts TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON portal_drafts
-- next
CREATE POLICY machinery ON portal_drafts TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE reservations ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE reservations FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON reservations FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON reservations TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON reservations
-- next
CREATE POLICY shop ON reservations TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE return_cases ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE return_cases FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON return_cases FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON return_cases TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON return_cases
-- next
CREATE POLICY shop ON return_cases TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select ON return_cases TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON return_cases
-- next
CREATE POLICY machinery ON return_cases TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE shipments ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE shipments FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON shipments FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON shipments TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON shipments
-- next
CREATE POLICY shop ON shipments TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE stock ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE stock FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON stock FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON stock TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON stock
-- next
CREATE POLICY shop ON stock TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE stock_moves ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE stock_moves FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON stock_moves FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON stock_moves TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON stock_moves
-- next
CREATE POLICY shop ON stock_moves TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE carrier_events ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE carrier_events FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON carrier_events FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON carrier_events TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON carrier_events
-- next
CREATE POLICY shop ON carrier_events TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE credit_entries ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE credit_entries FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON credit_entries FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON credit_entries TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON credit_entries
-- next
CREATE POLICY shop ON credit_entries TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE enrolment_steps ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE enrolment_steps FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON enrolment_steps FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON enrolment_steps TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON enrolment_steps
-- next
CREATE POLICY shop ON enrolment_steps TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE external_refunds ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE external_refunds FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON external_refunds FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON external_refunds TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON external_refunds
-- next
CREATE POLICY shop ON external_refunds TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE milestones ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE milestones FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON milestones FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, delete ON milestones TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON milestones
-- next
CREATE POLICY shop ON milestones TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE order_units ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE order_units FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON order_units FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON order_units TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON order_units
-- next
CREATE POLICY shop ON order_units TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE payment_disputes ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE payment_disputes FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON payment_disputes FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON payment_disputes TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON payment_disputes
-- next
CREATE POLICY shop ON payment_disputes TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE receipts ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE receipts FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON receipts FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON receipts TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON receipts
-- next
CREATE POLICY shop ON receipts TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE refunds ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE refunds FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON refunds FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON refunds TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON refunds
-- next
CREATE POLICY shop ON refunds TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
GRANT select ON refunds TO comeback_machinery
-- next
DROP POLICY IF EXISTS machinery ON refunds
-- next
CREATE POLICY machinery ON refunds TO comeback_machinery USING (true) WITH CHECK (true)
-- next
ALTER TABLE return_lines ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE return_lines FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON return_lines FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON return_lines TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON return_lines
-- next
CREATE POLICY shop ON return_lines TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE settlements ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE settlements FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON settlements FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON settlements TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON settlements
-- next
CREATE POLICY shop ON settlements TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE shipment_lines ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE shipment_lines FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON shipment_lines FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON shipment_lines TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON shipment_lines
-- next
CREATE POLICY shop ON shipment_lines TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE shipment_notes ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE shipment_notes FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON shipment_notes FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON shipment_notes TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON shipment_notes
-- next
CREATE POLICY shop ON shipment_notes TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE shipment_numbers ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE shipment_numbers FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON shipment_numbers FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON shipment_numbers TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON shipment_numbers
-- next
CREATE POLICY shop ON shipment_numbers TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE exchanges ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE exchanges FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON exchanges FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON exchanges TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON exchanges
-- next
CREATE POLICY shop ON exchanges TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE payment_events ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE payment_events FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON payment_events FROM comeback_app, comeback_machinery
-- next
GRANT select, insert ON payment_events TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON payment_events
-- next
CREATE POLICY shop ON payment_events TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE payouts ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE payouts FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON payouts FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON payouts TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON payouts
-- next
CREATE POLICY shop ON payouts TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
ALTER TABLE receipt_lines ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE receipt_lines FORCE ROW LEVEL SECURITY
-- next
REVOKE ALL ON receipt_lines FROM comeback_app, comeback_machinery
-- next
GRANT select, insert, update, delete ON receipt_lines TO comeback_app
-- next
DROP POLICY IF EXISTS shop ON receipt_lines
-- next
CREATE POLICY shop ON receipt_lines TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
DROP POLICY IF EXISTS everyone ON business_clock
-- next
CREATE POLICY everyone ON business_clock TO comeback_app, comeback_machinery USING (true) WITH CHECK (true)
-- next
CREATE OR REPLACE FUNCTION coupons_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['confirmed>redeemed', 'confirmed>released', 'reserved>confirmed', 'reserved>redeemed', 'reserved>released']::text[]) THEN
    RAISE EXCEPTION 'coupon: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'coupons_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER coupons_state_moves BEFORE UPDATE OF state ON coupons FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION coupons_state_moves()
-- next
CREATE OR REPLACE FUNCTION credit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'credit entries are append-only' USING ERRCODE = '23514';
END $$
-- next
DROP TRIGGER IF EXISTS credit_entries_refuse ON credit_entries
-- next
CREATE TRIGGER credit_entries_refuse BEFORE UPDATE OR DELETE ON credit_entries FOR EACH ROW EXECUTE FUNCTION credit_entries_refuse()
-- next
DROP POLICY IF EXISTS write ON directory
-- next
CREATE POLICY write ON directory TO comeback_app USING (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)) WITH CHECK (shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid))
-- next
DROP POLICY IF EXISTS owner ON directory
-- next
CREATE POLICY owner ON directory TO comeback_owner USING (true)
-- next
GRANT SELECT (kind, key, shop_id, subject) ON directory TO comeback_app
-- next
CREATE OR REPLACE FUNCTION resolve(kind text, key bytea) RETURNS TABLE (shop_id uuid, subject uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.shop_id, d.subject FROM directory d
  WHERE d.kind = resolve.kind AND d.key = resolve.key
    AND (d.expires_at IS NULL OR d.expires_at > clock_timestamp())
$$
-- next
REVOKE ALL ON FUNCTION resolve(text, bytea) FROM PUBLIC
-- next
GRANT EXECUTE ON FUNCTION resolve(text, bytea) TO comeback_app, comeback_machinery
-- next
CREATE OR REPLACE FUNCTION enrolments_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['active>done', 'active>failed', 'active>paused', 'paused>active']::text[]) THEN
    RAISE EXCEPTION 'enrolment: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'enrolments_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER enrolments_state_moves BEFORE UPDATE OF state ON enrolments FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION enrolments_state_moves()
-- next
CREATE TABLE IF NOT EXISTS events_default PARTITION OF events DEFAULT
-- next
ALTER TABLE events_default ENABLE ROW LEVEL SECURITY
-- next
CREATE OR REPLACE FUNCTION exchanges_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['awaiting_payment>canceled', 'awaiting_payment>reserved', 'quoted>awaiting_payment', 'quoted>canceled', 'quoted>reserved', 'released>shipped', 'reserved>canceled', 'reserved>converted_to_refund', 'reserved>released']::text[]) THEN
    RAISE EXCEPTION 'exchange: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'exchanges_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER exchanges_state_moves BEFORE UPDATE OF state ON exchanges FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION exchanges_state_moves()
-- next
CREATE OR REPLACE FUNCTION flow_versions_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a published version never changes' USING ERRCODE = '23514', CONSTRAINT = 'flow_versions_frozen';
END $$
-- next
CREATE TRIGGER flow_versions_frozen BEFORE UPDATE ON flow_versions FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION flow_versions_frozen()
-- next
CREATE OR REPLACE FUNCTION flows_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['draft>live', 'live>paused', 'paused>live']::text[]) THEN
    RAISE EXCEPTION 'flow: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'flows_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER flows_state_moves BEFORE UPDATE OF state ON flows FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION flows_state_moves()
-- next
CREATE TABLE IF NOT EXISTS hits_default PARTITION OF hits DEFAULT
-- next
ALTER TABLE hits_default ENABLE ROW LEVEL SECURITY
-- next
ALTER TABLE inbox ALTER COLUMN body SET STORAGE EXTERNAL
-- next
CREATE OR REPLACE FUNCTION ledger_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE subject uuid := CASE TG_TABLE_NAME WHEN 'ledger_entries'
  THEN (to_jsonb(NEW) ->> 'transaction_id')::uuid ELSE NEW.id END;
BEGIN
  IF (SELECT count(*) FROM ledger_entries e WHERE e.shop_id = NEW.shop_id AND e.transaction_id = subject) < 2
    OR EXISTS (SELECT FROM ledger_entries e WHERE e.shop_id = NEW.shop_id AND e.transaction_id = subject
      GROUP BY e.currency HAVING sum(e.amount) <> 0) THEN
    RAISE EXCEPTION 'ledger transaction % does not balance', subject
      USING ERRCODE = '23514', CONSTRAINT = 'ledger_balance';
  END IF;
  RETURN NULL;
END $$
-- next
CREATE OR REPLACE FUNCTION ledger_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = 'ledger_frozen';
END $$
-- next
CREATE CONSTRAINT TRIGGER ledger_transactions_balance AFTER INSERT ON ledger_transactions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balance()
-- next
CREATE TRIGGER ledger_transactions_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions FOR EACH STATEMENT EXECUTE FUNCTION ledger_frozen()
-- next
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balance()
-- next
CREATE TRIGGER ledger_entries_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_frozen()
-- next
CREATE OR REPLACE FUNCTION messages_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['accepted>failed', 'claimed>blocked', 'claimed>cancelled', 'claimed>failed', 'claimed>planned', 'claimed>rendered', 'deferred>blocked', 'deferred>cancelled', 'deferred>claimed', 'deferred>failed', 'handing_over>accepted', 'handing_over>deferred', 'handing_over>failed', 'handing_over>unknown', 'planned>blocked', 'planned>cancelled', 'planned>claimed', 'rendered>blocked', 'rendered>cancelled', 'rendered>claimed', 'rendered>deferred', 'rendered>failed', 'rendered>handing_over', 'rendered>planned', 'unknown>accepted', 'unknown>claimed', 'unknown>failed']::text[]) THEN
    RAISE EXCEPTION 'message: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'messages_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER messages_state_moves BEFORE UPDATE OF state ON messages FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION messages_state_moves()
-- next
ALTER TABLE messages SET (fillfactor = 70)
-- next
ALTER TABLE message_bodies ALTER COLUMN mime SET STORAGE EXTERNAL
-- next
CREATE OR REPLACE FUNCTION orders_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['placed>cancelled']::text[]) THEN
    RAISE EXCEPTION 'order: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'orders_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER orders_state_moves BEFORE UPDATE OF state ON orders FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION orders_state_moves()
-- next
CREATE OR REPLACE FUNCTION payment_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'observations are append-only' USING ERRCODE = '23514';
END $$
-- next
CREATE TRIGGER payment_events_refuse BEFORE UPDATE OR DELETE ON payment_events FOR EACH ROW EXECUTE FUNCTION payment_events_refuse()
-- next
CREATE OR REPLACE FUNCTION policies_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'published' THEN
    RAISE EXCEPTION 'a published policy never changes' USING ERRCODE = '23514', CONSTRAINT = 'policies_frozen';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
-- next
CREATE TRIGGER policies_frozen BEFORE UPDATE OR DELETE ON policies FOR EACH ROW EXECUTE FUNCTION policies_frozen()
-- next
CREATE OR REPLACE FUNCTION refunds_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.body IS NOT NULL AND NEW.body IS DISTINCT FROM OLD.body) OR NEW.amount <> OLD.amount
    OR NEW.currency <> OLD.currency OR NEW.tender_id <> OLD.tender_id
    OR (OLD.provider_ref IS NOT NULL AND NEW.provider_ref IS DISTINCT FROM OLD.provider_ref) THEN
    RAISE EXCEPTION 'what a refund asked for never changes' USING ERRCODE = '23514', CONSTRAINT = 'refunds_frozen';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER refunds_frozen BEFORE UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION refunds_frozen()
-- next
CREATE OR REPLACE FUNCTION refunds_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['created>canceled', 'created>failed', 'created>requires_action', 'created>sent', 'created>succeeded', 'pending>canceled', 'pending>failed', 'pending>requires_action', 'pending>succeeded', 'requires_action>canceled', 'requires_action>failed', 'requires_action>pending', 'requires_action>succeeded', 'sent>canceled', 'sent>failed', 'sent>pending', 'sent>requires_action', 'sent>succeeded', 'sent>unknown', 'succeeded>failed', 'unknown>canceled', 'unknown>failed', 'unknown>pending', 'unknown>requires_action', 'unknown>succeeded']::text[]) THEN
    RAISE EXCEPTION 'refund: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'refunds_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER refunds_state_moves BEFORE UPDATE OF state ON refunds FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION refunds_state_moves()
-- next
CREATE OR REPLACE FUNCTION return_cases_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['approved>canceled', 'approved>closed', 'approved>expired', 'approved>open', 'needs_review>approved', 'needs_review>canceled', 'needs_review>declined', 'open>canceled', 'open>closed', 'open>expired', 'requested>approved', 'requested>canceled', 'requested>declined', 'requested>needs_review']::text[]) THEN
    RAISE EXCEPTION 'return case: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'return_cases_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER return_cases_state_moves BEFORE UPDATE OF state ON return_cases FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION return_cases_state_moves()
-- next
CREATE OR REPLACE FUNCTION return_lines_goods_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.goods_state || '>' || NEW.goods_state) = ANY (ARRAY['disposed>expected', 'disposed>graded', 'disposed>partial', 'disposed>received', 'expected>disposed', 'expected>graded', 'expected>kept', 'expected>missing', 'expected>partial', 'expected>received', 'graded>disposed', 'graded>expected', 'graded>partial', 'graded>received', 'missing>disposed', 'missing>graded', 'missing>partial', 'missing>received', 'partial>disposed', 'partial>graded', 'partial>missing', 'partial>received', 'received>disposed', 'received>expected', 'received>graded', 'received>partial']::text[]) THEN
    RAISE EXCEPTION 'return line: % cannot become %', OLD.goods_state, NEW.goods_state
      USING ERRCODE = '23514', CONSTRAINT = 'return_lines_goods_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER return_lines_goods_state_moves BEFORE UPDATE OF goods_state ON return_lines FOR EACH ROW WHEN (OLD.goods_state IS DISTINCT FROM NEW.goods_state) EXECUTE FUNCTION return_lines_goods_state_moves()
-- next
CREATE OR REPLACE FUNCTION settlements_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY['approved>executing', 'approved>settled', 'blocked>approved', 'blocked>executing', 'blocked>settled_by_chargeback', 'computed>approved', 'computed>blocked', 'executing>blocked', 'executing>failed', 'executing>partially_settled', 'executing>settled', 'failed>partially_settled', 'failed>settled', 'partially_settled>failed', 'partially_settled>settled', 'settled>failed', 'settled>partially_settled']::text[]) THEN
    RAISE EXCEPTION 'settlement: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = '23514', CONSTRAINT = 'settlements_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER settlements_state_moves BEFORE UPDATE OF state ON settlements FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION settlements_state_moves()
-- next
CREATE OR REPLACE FUNCTION shipments_label_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.label_state || '>' || NEW.label_state) = ANY (ARRAY['label_failed>label_pending', 'label_failed>voided', 'label_pending>label_failed', 'label_pending>label_ready', 'label_pending>voided', 'label_ready>voided']::text[]) THEN
    RAISE EXCEPTION 'label of a parcel: % cannot become %', OLD.label_state, NEW.label_state
      USING ERRCODE = '23514', CONSTRAINT = 'shipments_label_state_moves';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER shipments_label_state_moves BEFORE UPDATE OF label_state ON shipments FOR EACH ROW WHEN (OLD.label_state IS DISTINCT FROM NEW.label_state) EXECUTE FUNCTION shipments_label_state_moves()
-- next
CREATE OR REPLACE FUNCTION stock_moves_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'stock_moves is append-only' USING ERRCODE = '23514', CONSTRAINT = 'stock_moves_frozen';
END $$
-- next
CREATE TRIGGER stock_moves_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_moves FOR EACH STATEMENT EXECUTE FUNCTION stock_moves_frozen()