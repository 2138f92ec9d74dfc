CREATE SEQUENCE voucher START 5;
CREATE TABLE t (n bigint DEFAULT nextval('voucher'), s text DEFAULT 'ticket');
