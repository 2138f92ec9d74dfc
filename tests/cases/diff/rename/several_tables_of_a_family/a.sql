-- accept-rename: orders=purchase
-- accept-rename: order_item=purchase_item
-- accept-rename: order_item.order_id=purchase_item.purchase_id
-- forbidden: DROP
-- forbidden: CREATE
CREATE TABLE orders (id bigserial PRIMARY KEY, placed timestamptz NOT NULL DEFAULT now());
CREATE TABLE order_item (order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE, line int, PRIMARY KEY (order_id, line));
CREATE INDEX order_item_order_id_idx ON order_item (order_id);
CREATE VIEW open AS SELECT o.id, count(i.order_id) AS items FROM orders o LEFT JOIN order_item i ON i.order_id = o.id GROUP BY o.id;
