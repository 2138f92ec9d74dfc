CREATE TABLE purchase (id bigserial PRIMARY KEY, placed timestamptz NOT NULL DEFAULT now());
CREATE TABLE purchase_item (purchase_id bigint NOT NULL REFERENCES purchase ON DELETE CASCADE, line int, PRIMARY KEY (purchase_id, line));
CREATE INDEX purchase_item_purchase_id_idx ON purchase_item (purchase_id);
CREATE VIEW open AS SELECT o.id, count(i.purchase_id) AS items FROM purchase o LEFT JOIN purchase_item i ON i.purchase_id = o.id GROUP BY o.id;
